"""Charts as plain SVG: drawn by the server, without script, style or colour that says something."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, BAR, GAP, LABELS, VALUES = 720, 22, 8, 220, 110
HEIGHT, FOOT, HEAD = 220, 40, 18
MOST_LABELS = 7  # dates that stand side by side without touching
HATCH = SafeString(
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" fill="none"/>'
    '<line x1="0" y1="0" x2="0" y2="6" stroke="currentColor" stroke-width="3"/></pattern></defs>'
)


@dataclass(frozen=True)
class Bar:
    """A name, its height in whatever unit, and what to write beside it."""

    label: str
    value: int
    text: str


def bars(rows: Sequence[Bar], title: str) -> SafeString:
    """Horizontal bars, longest first as given; the name before and the value behind each."""
    most = max((row.value for row in rows), default=0) or 1
    room = WIDTH - LABELS - VALUES
    drawn = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end" font-size="13" fill="currentColor">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" fill="currentColor"/>'
        '<text x="{}" y="{}" font-size="13" fill="currentColor">{}</text>',
        [
            (
                LABELS - 8,
                top + 15,
                shortened(row.label),
                LABELS,
                top,
                length,
                BAR,
                LABELS + length + 6,
                top + 15,
                row.text,
            )
            for number, row in enumerate(rows)
            for top, length in [(number * (BAR + GAP), max(0, row.value) * room // most)]
        ],
    )
    return frame(drawn, len(rows) * (BAR + GAP), title)


def columns(rows: Sequence[Bar], title: str, beside: Sequence[Bar] = ()) -> SafeString:
    """Columns in time; `beside` is a second, hatched one for each."""
    most = max((row.value for row in (*rows, *beside)), default=0) or 1
    step = (WIDTH - 20) / max(1, len(rows))
    wide = max(1.0, step * (0.4 if beside else 0.75))
    tall = HEIGHT - FOOT - HEAD
    parts = [column(row, 10 + n * step, wide, tall, most, "currentColor") for n, row in enumerate(rows)]
    parts += [
        column(row, 10 + n * step + wide, wide, tall, most, "url(#hatch)") for n, row in enumerate(beside)
    ]
    every = -(-len(rows) // MOST_LABELS) or 1
    parts += [
        format_html(
            '<text x="{}" y="{}" font-size="12" fill="currentColor">{}</text>',
            round(10 + n * step, 1),
            HEIGHT - 18,
            row.label,
        )
        for n, row in enumerate(rows)
        if n % every == 0
    ]
    highest = max((*rows, *beside), key=lambda row: row.value, default=None)
    if highest:
        parts.append(
            format_html('<text x="10" y="12" font-size="12" fill="currentColor">{}</text>', highest.text)
        )
    drawn = format_html_join("", "{}", [(part,) for part in parts])
    base = format_html(
        '<line x1="10" y1="{0}" x2="{1}" y2="{0}" stroke="currentColor"/>', HEIGHT - FOOT, WIDTH - 10
    )
    return frame(format_html("{}{}{}", HATCH if beside else "", drawn, base), HEIGHT, title)


def column(row: Bar, left: float, wide: float, tall: int, most: int, fill: str) -> SafeString:
    high = max(0, row.value) * tall / most
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"><title>{}: {}</title></rect>',
        round(left, 1),
        round(HEIGHT - FOOT - high, 1),
        round(wide, 1),
        round(high, 1),
        fill,
        row.label,
        row.text,
    )


def frame(drawn: SafeString, height: int, title: str) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        max(height, 1),
        title,
        drawn,
    )


def shortened(text: str, most: int = 30) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
