"""The mails to donors and to staff: one function a message, in words; text and HTML come from the same words.

A builder registered with `says` gives the mail that a Message row owes, or None where there is nobody to write to.
"""

from dataclasses import dataclass, field
from pathlib import PurePath

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi

from donate.models import Donor, GivingSettings
from donate.papers import printable
from home.models import OrganisationSettings

LONGEST_SUBJECT = 150


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    type: str = "application/pdf"


@dataclass(frozen=True)
class Letter:
    """Finished words. `rows` are amounts: what, how much, is it a total; `lines` stand small below them."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, bool], ...] = ()
    lines: tuple[str, ...] = ()
    button: tuple[str, str] | None = None  # label, address
    after: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())

    def to(self, *addresses: str) -> EmailMultiAlternatives:
        """The mail, ready to be sent."""
        context = {
            "letter": self,
            "organisation": OrganisationSettings.load(),
            "lang": settings.LANGUAGE_CODE,
            "direction": "rtl" if get_language_bidi() else "ltr",
            "giving_url": f"{settings.SITE_URL}/giving/",
        }
        mail = EmailMultiAlternatives(
            subject=one_line(self.subject)[:LONGEST_SUBJECT],
            body=render_to_string("email/letter.txt", context),
            to=list(addresses),
            reply_to=reply_to(),
        )
        mail.attach_alternative(render_to_string("email/letter.html", context), "text/html")
        for attachment in self.attachments:
            mail.attach(PurePath(attachment.name).name, attachment.content, attachment.type)
        return mail


def one_line(text: str) -> str:
    """A donor's name may hold anything; a subject is one plain line."""
    return " ".join(printable(str(text)).split())


def reply_to() -> list[str]:
    address = GivingSettings.load().gifts_email
    return [address] if address else []


def first_name(donor: Donor) -> str:
    return one_line(donor.name).split(" ")[0][:40] if donor.name.strip() else ""


def sentences(*texts: str | None) -> tuple[str, ...]:
    """Those that are there."""
    return tuple(str(text) for text in texts if text)


def page(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
