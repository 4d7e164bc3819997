"""Small pieces of HTML for the sandbox's pages: everything that is not written here is escaped."""

from html import escape

BANNER = "SANDBOX: no real money. Nothing here leaves this machine."
ZERO_DECIMALS = {
    "bif",
    "clp",
    "djf",
    "gnf",
    "jpy",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
}


def document(title: str, body: str, narrow: bool = False) -> str:
    kind = ' class="narrow"' if narrow else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - sandbox</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<link rel="stylesheet" href="/sandbox.css"></head><body><p class="banner">{BANNER}</p>'
        f"<main{kind}><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def money(minor: int | None, currency: str | None) -> str:
    if minor is None or not currency:
        return ""
    if currency in ZERO_DECIMALS:
        return f"{minor:,} {currency.upper()}"
    return f"{minor / 100:,.2f} {currency.upper()}"


def button(action: str, label: str, back: str, inputs: str = "", css: str = "", **fields) -> str:
    """A form of one button that posts to a control and comes back."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(str(value))}">'
        for name, value in fields.items()
    )
    return (
        f'<form method="post" action="/_control/{action}"><input type="hidden" name="back" value="{escape(back)}">'
        f'{hidden}{inputs}<button class="{css}">{escape(label)}</button></form>'
    )


def field(name: str, label: str, value: str = "", kind: str = "text", more: str = "") -> str:
    return (
        f'<label>{escape(label)} <input type="{kind}" name="{name}" value="{escape(value)}" {more}></label>'
    )


def small(name: str, label: str, value: str = "") -> str:
    """An input in a table row: its label is read, not seen."""
    return f'<input name="{name}" value="{escape(value)}" aria-label="{escape(label)}" placeholder="{escape(label)}">'


def table(heads: list[str], rows: list[list[str]], empty: str = "Nothing yet.") -> str:
    """Cells are HTML."""
    if not rows:
        return f"<p>{escape(empty)}</p>"
    head = "".join(f"<th scope='col'>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def link(id: str | None) -> str:
    return f'<a class="id" href="/object/{escape(id)}">{escape(id)}</a>' if id else ""
