"""The line that opens a report: "2/13/2016 Syria (Reuters) – ". Pure: no database, no settings.

Parsing is loss-free: `str(parsed.line) + parsed.text` is the original, character for character, and what is not
understood is refused (None), never guessed at.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

MOST_PLACE = 80  # characters
MOST_DAYS_APART = 400  # between the date of the line and that of the story
DASHES = "\u2013\u2014"

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
TAG = r"</?(?:b|i|em|strong)>"
GAP = rf"(?:[ \t\r\n\u00a0\u2007\u202f]|&nbsp;|{TAG})*"
DATE = (
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
    r"|(?P<us>\d{1,2}/\d{1,2}/(?:\d{4}|\d{2}))"
    r"|(?P<dotted>\d{1,2}\.\d{1,2}\.\d{4})"
    r"|(?P<words>[A-Za-z]{3,9}\.?[ \u00a0]\d{1,2},?[ \u00a0]\d{4})"
)
# The outlet stands in the last brackets before the dash; the place may hold a comma and brackets of its own.
LINE = re.compile(
    rf"(?P<lead>{GAP})(?:(?P<date>{DATE})(?P<after_date>{GAP},?{GAP}))?"
    rf"(?P<place>[^\u2013\u2014<>]*?)(?P<before>{GAP})\((?P<source>[^()<>]{{1,80}})\)"
    rf"(?P<close>{GAP}(?:[{DASHES}]|--?){GAP})",
    re.ASCII,
)
SENTENCE_END = re.compile(r"[.!?\u2026][\"\u201d\u2019']?\s+[A-Z]|[!?\u2026;:]|\.$")
SHORTENED = re.compile(r"\b(?:[A-Z]\.)+|\b(?:St|Mt|Ft)\.")


@dataclass(frozen=True)
class Dateline:
    """Place, date and source, each of which may be absent."""

    place: str = ""
    dated_on: date | None = None
    source: str = ""

    def __bool__(self) -> bool:
        return bool(self.place or self.dated_on or self.source)

    def __str__(self) -> str:
        """As wire reports open, dates unmistakable: "2016-02-13 Syria (Reuters) – "."""
        when = self.dated_on.isoformat() if self.dated_on else ""
        outlet = f"({self.source})" if self.source else ""
        words = " ".join(part for part in (when, self.place, outlet) if part)
        return f"{words} \u2013 " if words else ""


@dataclass(frozen=True)
class Parsed:
    """A dateline, the exact characters that it was read from, and the report after them."""

    line: Dateline
    original: str
    text: str


def parse(report: str, near: date | None = None) -> Parsed | None:
    """Reads the dateline at the head of a report (plain text, or HTML with simple tags around the parts).

    `near` is the story's own date: a line dated more than 400 days from it is refused.
    """
    found = LINE.match(report)
    if not found:
        return None
    place = _plain(found["place"])
    dated_on = _date(found)
    if not _is_place(place) or not (place or dated_on):
        return None
    if found["date"] and dated_on is None:
        return None
    if dated_on and near and abs(dated_on - near) > timedelta(days=MOST_DAYS_APART):
        return None
    line = Dateline(place, dated_on, _plain(found["source"]))
    if not line.source:
        return None
    return Parsed(line, found[0], report[found.end() :])


def _is_place(text: str) -> bool:
    if len(text) > MOST_PLACE or any(sign.isdigit() for sign in text):
        return False
    return not SENTENCE_END.search(SHORTENED.sub("", text))


def _date(found: re.Match) -> date | None:
    try:
        if found["iso"]:
            year, month, day = map(int, found["iso"].split("-"))
        elif found["us"]:
            month, day, year = map(int, found["us"].split("/"))
        elif found["dotted"]:
            day, month, year = map(int, found["dotted"].split("."))
        elif found["words"]:
            name, of_month, in_year = re.split(r"[ \u00a0]", found["words"])
            month = MONTHS[name.rstrip(".").lower()]
            day, year = int(of_month.rstrip(",")), int(in_year)
        else:
            return None
        return date(_century(year), month, day)
    except (KeyError, ValueError):
        return None


def _century(year: int) -> int:
    """Two digits: this century to 68, the last one after, as everywhere else."""
    if year >= 100:
        return year
    return year + (2000 if year < 69 else 1900)


def _plain(text: str) -> str:
    text = re.sub(TAG, "", text).replace("&nbsp;", " ").replace("&amp;", "&")
    return " ".join(text.split())
