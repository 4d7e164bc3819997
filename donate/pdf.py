"""Papers as PDF, made here and now by fpdf2; names in Latin, Cyrillic, Greek, Arabic, Hebrew and Chinese are shaped by HarfBuzz."""

from django.utils.translation import get_language, get_language_bidi, gettext
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from donate import typefaces
from donate.papers import Paper, Row, printable

MARGIN = 22  # millimetres, as every length here
INK, QUIET, LINE = (20, 25, 29), (75, 85, 92), (212, 216, 219)


class Sheet(FPDF):
    """An A4 page with our fonts; text begins where the reader's language begins."""

    def __init__(self, paper: Paper):
        super().__init__(format="A4")
        self.paper = paper
        self.start, self.end = ("R", "L") if get_language_bidi() else ("L", "R")
        self.set_margin(MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(True, 24)
        self.set_title(f"{paper.title} {paper.number}")
        self.set_lang(get_language() or "en")
        self.set_creator("Dateline")
        self.add_fonts()
        self.set_text_shaping(True)
        self.add_page()

    def add_fonts(self) -> None:
        self.add_font("sans", "", typefaces.file_of("sans"))
        self.add_font("sans", "B", typefaces.file_of("sans", typefaces.BOLD))
        fallbacks = typefaces.needed(repr(self.paper))
        for family in fallbacks:
            self.add_font(family, "", typefaces.file_of(family))
        if fallbacks:
            self.set_fallback_fonts(fallbacks, exact_match=False)

    def pen(self, size: float, colour=INK, bold: bool = False) -> None:
        """Sets the font anew: after a line in a fallback font the page would go on in its size."""
        self.set_font("sans", size=size + 1)
        self.set_font("sans", "B" if bold else "", size=size)
        self.set_text_color(*colour)

    def write_line(
        self, text: str, size: float = 10.5, colour=INK, width: float = 0, bold: bool = False
    ) -> None:
        self.pen(size, colour, bold)
        self.multi_cell(
            width,
            size * 0.52,
            printable(text),
            align=self.start,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def rule(self, gap: float = 2) -> None:
        self.ln(gap)
        self.set_draw_color(*LINE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(gap)

    def footer(self) -> None:
        self.set_y(-16)
        self.pen(8, QUIET)
        page = gettext("Page %(page)s of {nb}") % {"page": self.page_no()}
        self.cell(0, 5, f"{self.paper.number}   {page}", align="C")


def render(paper: Paper) -> bytes:
    """The PDF's bytes."""
    sheet = Sheet(paper)
    head(sheet)
    sheet.ln(6)
    parties(sheet)
    sheet.rule(4)
    for row in paper.rows:
        table_row(sheet, row)
    sheet.ln(4)
    for name, value in paper.facts:
        fact(sheet, name, value)
    sheet.ln(4)
    for note in paper.notes:
        sheet.write_line(note, 9.5, QUIET)
        sheet.ln(2)
    return bytes(sheet.output())


def head(sheet: Sheet) -> None:
    paper = sheet.paper
    for mark in paper.marks:
        sheet.set_draw_color(*INK)
        sheet.pen(11, bold=True)
        wide = sheet.get_string_width(mark) + 8
        sheet.set_x(MARGIN if sheet.start == "L" else sheet.w - MARGIN - wide)
        sheet.cell(wide, 9, mark, border=1, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        sheet.ln(3)
    sheet.write_line(paper.title, 26, bold=True)
    sheet.write_line(f"{paper.number}, {paper.date}" if paper.number else paper.date, 11, QUIET)


def parties(sheet: Sheet) -> None:
    """Who gave and who received, side by side."""
    top, half = sheet.get_y(), sheet.epw / 2
    columns = [
        (gettext("Received from"), sheet.paper.given_by),
        (gettext("Received by"), sheet.paper.received_by),
    ]
    if sheet.start == "R":
        columns.reverse()
    bottom = top
    for place, (title, lines) in enumerate(columns):
        sheet.set_y(top)
        for line, size, colour in [(title, 9, QUIET), *((line, 10.5, INK) for line in lines if line)]:
            sheet.set_x(MARGIN + place * half)
            sheet.write_line(line, size, colour, width=half - 4)
        bottom = max(bottom, sheet.get_y())
    sheet.set_y(bottom)


def table_row(sheet: Sheet, row: Row) -> None:
    size = 11.5 if row.is_total else 10.5
    if sheet.will_page_break(14):
        sheet.add_page()
    sheet.pen(size, bold=row.is_total)
    wide = sheet.get_string_width(row.amount) + 2
    top, left = sheet.get_y(), MARGIN + (wide if sheet.start == "R" else 0)
    sheet.set_x(left)
    sheet.write_line(row.what, size, width=sheet.epw - wide - 4, bold=row.is_total)
    if row.note:
        sheet.set_x(left)
        sheet.write_line(row.note, 9, QUIET, width=sheet.epw - wide - 4)
    bottom = sheet.get_y()
    sheet.set_xy(MARGIN if sheet.start == "R" else sheet.w - MARGIN - wide, top)
    sheet.pen(size, bold=row.is_total)
    sheet.cell(wide, size * 0.52, row.amount, align=sheet.end)
    sheet.set_xy(MARGIN, bottom)
    sheet.rule(1.5)


def fact(sheet: Sheet, name: str, value: str) -> None:
    top, label = sheet.get_y(), 48
    left = sheet.w - MARGIN - label if sheet.start == "R" else MARGIN
    sheet.set_x(left)
    sheet.write_line(name, 9.5, QUIET, width=label)
    after_name = sheet.get_y()
    sheet.set_xy(MARGIN if sheet.start == "R" else MARGIN + label, top)
    sheet.write_line(value, 9.5, width=sheet.epw - label)
    sheet.set_y(max(after_name, sheet.get_y()) + 1)
