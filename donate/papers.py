"""What stands on a printed page, receipt or statement, before anybody has drawn it: for the PDF and for the screen."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One line of the table: what, a smaller note below it, an amount as people read it."""

    what: str
    amount: str
    note: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Paper:
    """All texts are finished and in the reader's language. `mark` is printed large: COPY, VOID, TEST."""

    title: str
    number: str
    date: str
    date_machine: str
    given_by: tuple[str, ...]
    received_by: tuple[str, ...]
    rows: tuple[Row, ...]
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = field(default=())
