"""The page that the product was conceived from, taken apart; an invented one of the same shape where it is not at hand."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed" / "newsroom-page.txt"
CUT = ". . ."
INVENTED = """Skip to content

River Town Holds Its Market Again, Despite “Temporary” Ban, Officials Say

February 13, 2016 | Europe
February 13, 2016

ICC Note: Two weeks after the ban it’s clear that the stalls are back.  Nobody has said who lifted it, or whether it’s lifted.

2/13/2016 Syria (Reuters) – The stalls of the river town stood open on Saturday for the first time in a fortnight, and the police, who had closed them, bought bread.

A spokesman said that the ban “remains in force in principle”. He was carrying apples.

. . .

Traders said that they would come back on Wednesday. “If it rains we will be wet,” said one of them.

. . .

[Full Story]
To read more news stories, visit the ICC Newsroom
For interviews, please email [email protected]

Help ICC bring hope and ease the suffering of persecuted people.

Give Today
Back To Top
Search
"""


@dataclass(frozen=True)
class SeedPage:
    """The page's words: `report` holds paragraphs, with CUT where a passage is left out."""

    title: str
    dated_on: date
    region: str
    note: str
    place: str
    source: str
    report: list[str]
    ask: str


def read_seed() -> SeedPage:
    text = SEED.read_text() if SEED.is_file() else INVENTED
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    day, region = lines[2].split(" | ")
    note = next(line for line in lines if line.startswith("ICC Note:"))
    opening = lines.index(note) + 1
    line, first = re.split(r"\s+–\s+", lines[opening], maxsplit=1)
    end = lines.index("[Full Story]")
    return SeedPage(
        title=lines[1],
        dated_on=datetime.strptime(day, "%B %d, %Y").date(),
        region=region,
        note=note.removeprefix("ICC Note:").strip(),
        place=line.split()[1],
        source=line[line.index("(") + 1 : line.index(")")],
        report=[first, *lines[opening + 1 : end]],
        ask=lines[end + 3],
    )
