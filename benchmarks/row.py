from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, and how it stands to another figure of the same run."""

    name: str
    figure: float
    unit: str
    against: str = ""
    ratio: float | None = None
    target: str = ""


def table(rows: list[Row]) -> str:
    """The rows as aligned text."""
    head = ("what", "figure", "unit", "ratio", "against", "target")
    lines = [head] + [
        (
            row.name,
            f"{row.figure:,.1f}",
            row.unit,
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.against,
            row.target,
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
