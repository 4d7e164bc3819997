"""The worker's part, for tests: what is owed is sent, and what was sent can be read."""

import re


def send_all() -> None:
    """Sends every message that is owed, oldest first."""
    from donate import messages
    from donate.models import Message

    for pk in Message.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True):
        messages.send(pk)


def html_of(mail) -> str:
    return next(content for content, kind in mail.alternatives if kind == "text/html")


def link_in(mail, part: str) -> str:
    """The path of the first address in the text that holds `part`."""
    found = re.search(rf"http://localhost(\S*?{re.escape(part)}\S*)", mail.body)
    assert found, mail.body
    return found[1]


def subjects(outbox) -> list[str]:
    return [mail.subject for mail in outbox]


def pdf_text(content: bytes) -> str:
    """What a reader of the PDF would copy out of it, without the marks that turn lines around."""
    import subprocess

    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    ).stdout
    return re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text.decode())
