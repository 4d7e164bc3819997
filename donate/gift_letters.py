"""Mails about one gift: its receipt, its way here, its return, and the notice of a dedication."""

from django.core.mail import EmailMessage
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from donate import receipt_paper, statements
from donate.letters import Attachment, Letter, first_name, one_line, page, sentences
from donate.messages import says
from donate.models import Gift, GivingSettings, LedgerEntry, Message
from donate.models.choices import Dedication, EntryKind, Frequency
from donate.papers import Paper, amount, day
from home.models import OrganisationSettings


def reader(gift: Gift) -> str | None:
    """Where the donor of a gift is written to; nowhere after erasure, and to givers by post without e-mail."""
    return None if gift.donor.erased_at else gift.donor.email


def rows(gift: Gift) -> tuple[tuple[str, str, bool], ...]:
    own = gift.amount_minor - gift.fee_cover_minor
    found = [(gift.campaign.title, amount(own, gift.currency), False)]
    if gift.fee_cover_minor:
        found.append((_("Card fee you covered"), amount(gift.fee_cover_minor, gift.currency), False))
        found.append((_("Total"), amount(gift.amount_minor, gift.currency), True))
    return tuple(found)


def receipt_file(gift: Gift, is_copy: bool) -> Attachment:
    paper = receipt_paper.paper(gift.receipt, is_copy)
    return attached(paper, paper.number)


def attached(paper: Paper, name: str) -> Attachment:
    from donate import pdf  # most of a second to import: for those who draw, not for every process

    return Attachment(f"{name}.pdf", pdf.render(paper))


@says("receipt")
def receipt(message: Message) -> EmailMessage | None:
    return receipt_mail(message.gift, is_copy=False)


@says("receipt_copy")
def receipt_copy(message: Message) -> EmailMessage | None:
    """Sent again by staff: a copy, and it says so."""
    return receipt_mail(message.gift, is_copy=True)


def receipt_mail(gift: Gift, is_copy: bool) -> EmailMessage | None:
    if not reader(gift):
        return None
    gift = receipt_paper.with_its_totals(gift)
    number, name = gift.receipt.number, first_name(gift.donor)
    title = _("Copy of your receipt %(number)s") if is_copy else _("Your receipt %(number)s")
    return Letter(
        subject=title % {"number": number},
        heading=_("Thank you, %(name)s") % {"name": name} if name else _("Thank you"),
        paragraphs=thanks(gift, is_copy),
        rows=rows(gift),
        lines=sentences(
            _("Receipt %(number)s, %(day)s") % {"number": number, "day": day(gift.receipt.issued_at)},
            _("Received on %(day)s") % {"day": day(gift.received_at)},
            gift.paid_with and _("Paid with %(card)s") % {"card": gift.paid_with},
            receipt_paper.gift_note(gift),
            statement_line(gift),
            *receipt_paper.corrections(gift),
        ),
        button=(_("See your gifts and receipts"), page("/giving/")),
        after=sentences(OrganisationSettings.load().tax_sentence, recurring_line(gift)),
        attachments=(receipt_file(gift, is_copy),),
    ).to(reader(gift))


def thanks(gift: Gift, is_copy: bool) -> tuple[str, ...]:
    if is_copy:
        return (_("Here is your receipt again. It is marked as a copy; it is worth the same."),)
    campaign = " ".join(strip_tags(gift.campaign.thank_you.replace("</p>", " ")).split())
    return sentences(
        _("Your gift for %(campaign)s has arrived.") % {"campaign": gift.campaign.title},
        campaign if gift.recurring_gift_id is None or receipt_paper_is_first(gift) else "",
    )


def receipt_paper_is_first(gift: Gift) -> bool:
    return not gift.recurring_gift.gifts.filter(created_at__lt=gift.created_at).exists()


def statement_line(gift: Gift) -> str:
    name = GivingSettings.load().statement_name
    return (
        _("On your card statement it stands as %(name)s") % {"name": name}
        if name and gift.method == "stripe"
        else ""
    )


def recurring_line(gift: Gift) -> str:
    if gift.frequency == Frequency.ONCE:
        return ""
    return _("Change, pause or stop your regular gift whenever you like: the link above leads there.")


@says("on_its_way")
def on_its_way(message: Message) -> EmailMessage | None:
    """A bank debit takes days; said once, so that nobody gives twice."""
    gift = message.gift
    if not reader(gift) or gift.received_at or gift.failed_at:
        return None
    return Letter(
        subject=_("Your gift is on its way"),
        heading=_("Your gift is on its way"),
        paragraphs=(
            _("Your bank is sending it, which takes a few days. You need not do anything."),
            _("We write to you once more when it has arrived, with your receipt."),
        ),
        rows=rows(gift),
    ).to(reader(gift))


@says("gift_failed")
def gift_failed(message: Message) -> EmailMessage | None:
    gift = message.gift
    if not reader(gift) or gift.received_at:
        return None
    return Letter(
        subject=_("Your gift did not arrive"),
        heading=_("Your gift did not arrive"),
        paragraphs=(
            _("Your bank did not send it, so nothing was taken. There is no receipt for it."),
            _(
                "If you would like to try again, with another card or account, the link leads to the same campaign."
            ),
        ),
        rows=rows(gift),
        button=(_("Try again"), gift.campaign.full_url or page("/give/")),
    ).to(reader(gift))


@says("refund")
def refund(message: Message) -> EmailMessage | None:
    """Some or all of a gift went back: how much, when, and what its receipt is worth now."""
    if not reader(message.gift):
        return None
    gift = receipt_paper.with_its_totals(message.gift)
    line = refund_line(gift, message.key)
    returned = amount(-line.amount_minor, line.currency) if line else ""
    void, number = receipt_paper.is_void(gift), gift.receipt.number
    left = amount(receipt_paper.counted(gift), gift.currency)
    return Letter(
        subject=_("Your gift was returned: receipt %(number)s") % {"number": number},
        heading=_("Your gift was returned") if void else _("A part of your gift was returned"),
        paragraphs=sentences(
            _("%(amount)s is on its way back to where it came from. Banks take five to ten days to show it.")
            % {"amount": returned},
            _("Receipt %(number)s is void. Please do not use it for your taxes.") % {"number": number}
            if void
            else _("Receipt %(number)s is corrected: %(left)s of your gift counts now.")
            % {"number": number, "left": left},
        ),
        rows=(
            (
                _("Your gift, %(day)s") % {"day": day(gift.received_at)},
                amount(gift.amount_minor, gift.currency),
                False,
            ),
            (_("Returned"), returned, False),
            (_("What counts"), left, True),
        ),  # fmt: skip
        attachments=(receipt_file(gift, is_copy=False),),
    ).to(reader(gift))


@says("refund_failed")
def refund_failed(message: Message) -> EmailMessage | None:
    gift = message.gift
    if not reader(gift):
        return None
    gift = receipt_paper.with_its_totals(gift)
    return Letter(
        subject=_("The return of your gift did not reach you"),
        heading=_("The return of your gift did not reach you"),
        paragraphs=(
            _(
                "Your bank sent back what we returned to you, so we hold it again. Please answer this mail: we find another way."
            ),
            _("Until then receipt %(number)s counts for %(left)s.")
            % {"number": gift.receipt.number, "left": amount(receipt_paper.counted(gift), gift.currency)},
        ),
    ).to(reader(gift))


def refund_line(gift: Gift, key: str) -> LedgerEntry | None:
    """The line that a message is about: its key is Stripe's id, or ours for money returned by hand."""
    lines = gift.lines.filter(kind=EntryKind.REFUNDED)
    if key.startswith("line-"):
        return lines.filter(pk=key.removeprefix("line-")).first()
    return lines.filter(stripe_id=key).first()


@says("dedication")
def dedication(message: Message) -> EmailMessage | None:
    """To the third person, after payment: who gave, for whom, to what; no amount, no address of the donor."""
    gift, checkout = message.gift, message.gift.checkout
    if not checkout or checkout.erased_at or not checkout.notify or not checkout.honoree:
        return None
    donor, honoree = one_line(checkout.name or gift.donor.name), one_line(checkout.honoree)
    in_memory = checkout.dedication == Dedication.MEMORY
    said = _("A gift in memory of %(name)s") if in_memory else _("A gift in honour of %(name)s")
    organisation = OrganisationSettings.load().name
    who = (
        _("%(donor)s has given to %(organisation)s.")
        if donor
        else _("Somebody has given to %(organisation)s.")
    )
    return Letter(
        subject=said % {"name": honoree},
        heading=said % {"name": honoree},
        paragraphs=sentences(
            who % {"donor": donor, "organisation": organisation},
            _("The gift is for: %(campaign)s.") % {"campaign": gift.campaign.title},
            checkout.comment if checkout.show_name else "",
        ),
        button=(_("Read what it pays for"), gift.campaign.full_url or page("/give/")),
        after=(
            _(
                "You get this one mail because the donor asked us to tell you. We do not keep your address for anything else."
            ),
        ),
    ).to(checkout.notify)


@says("statement")
def statement(message: Message) -> EmailMessage | None:
    """One donor's year; the message's key is donor:year."""
    donor, year = message.gift.donor, int(message.key.rpartition(":")[2])
    if not reader(message.gift):
        return None
    return Letter(
        subject=_("Your gifts in %(year)s") % {"year": year},
        heading=_("Your gifts in %(year)s") % {"year": year},
        paragraphs=(_("Your statement for the year is attached. Thank you for all that you gave."),),
        button=(_("See your gifts and receipts"), page("/giving/")),
        attachments=(attached(statements.paper(donor, year), f"statement-{year}"),),
    ).to(reader(message.gift))
