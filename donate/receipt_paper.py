"""What a receipt says today: the gift as it was, what went back since, and what still counts."""

from django.utils.translation import gettext as _

from donate.models import Gift, Receipt
from donate.models.choices import Dedication, EntryKind, Frequency
from donate.papers import (
    Paper,
    Row,
    amount,
    day,
    donor_lines,
    machine_day,
    organisation_lines,
    tax_notes,
)
from donate.totals import with_totals

BACK = {EntryKind.REFUNDED, EntryKind.REFUND_FAILED, EntryKind.DISPUTED, EntryKind.DISPUTE_WON}


def counted(gift: Gift) -> int:
    """What is left of a gift that `with_totals` has read, in minor units: for receipts and statements."""
    return max(0, gift.amount_minor - gift.refunded_minor - gift.disputed_minor)


def is_void(gift: Gift) -> bool:
    return counted(gift) == 0


def with_its_totals(gift: Gift) -> Gift:
    return with_totals(Gift.objects.select_related("campaign", "donor", "checkout", "receipt")).get(
        pk=gift.pk
    )


def paper(receipt: Receipt, is_copy: bool) -> Paper:
    """`is_copy` for everything but the first mail."""
    gift = with_its_totals(receipt.gift)
    return Paper(
        title=_("Receipt"),
        number=receipt.number,
        date=day(receipt.issued_at),
        date_machine=machine_day(receipt.issued_at),
        given_by=donor_lines(gift.donor),
        received_by=organisation_lines(),
        rows=tuple(rows(gift)),
        facts=facts(gift),
        notes=(*corrections(gift), *tax_notes()),
        marks=marks(gift, is_copy),
    )


def marks(gift: Gift, is_copy: bool) -> tuple[str, ...]:
    found = []
    if is_void(gift):
        found.append(_("VOID"))
    elif counted(gift) != gift.amount_minor:
        found.append(_("CORRECTED"))
    if is_copy:
        found.append(_("COPY"))
    if not gift.livemode:
        found.append(_("TEST"))
    return tuple(found)


def rows(gift: Gift) -> list[Row]:
    """The gift, the fee covered, the total; then what went back, and what counts."""
    own = gift.amount_minor - gift.fee_cover_minor
    found = [Row(gift.campaign.title, amount(own, gift.currency), gift_note(gift))]
    if gift.fee_cover_minor:
        found.append(Row(_("Card fee covered by the donor"), amount(gift.fee_cover_minor, gift.currency)))
    found.append(Row(_("Total received"), amount(gift.amount_minor, gift.currency), is_total=True))
    if counted(gift) != gift.amount_minor:
        found += [back_row(line) for line in gift.lines.all() if line.kind in BACK]
        found.append(Row(_("What counts"), amount(counted(gift), gift.currency), is_total=True))
    return found


def back_row(line) -> Row:
    names = {
        EntryKind.REFUNDED: _("Returned to the donor"),
        EntryKind.REFUND_FAILED: _("Return that did not arrive"),
        EntryKind.DISPUTED: _("Taken back by the donor’s bank"),
        EntryKind.DISPUTE_WON: _("Given back by the donor’s bank"),
    }
    return Row(str(names[line.kind]), amount(line.amount_minor, line.currency), day(line.at))


def gift_note(gift: Gift) -> str:
    """Such as: Given once. In memory of Samuel Aguirre."""
    how = {
        Frequency.ONCE: _("Given once."),
        Frequency.MONTHLY: _("Given monthly."),
        Frequency.ANNUAL: _("Given every year."),
    }[gift.frequency]
    parts = [str(how)]
    if gift.designation:
        parts.append(_("For: %(designation)s.") % {"designation": gift.designation})
    if dedication(gift):
        parts.append(dedication(gift) + ".")
    return " ".join(parts)


def dedication(gift: Gift) -> str:
    checkout = gift.checkout
    if not checkout or not checkout.honoree or checkout.dedication == Dedication.NONE:
        return ""
    words = (
        _("In memory of %(name)s") if checkout.dedication == Dedication.MEMORY else _("In honour of %(name)s")
    )
    return words % {"name": checkout.honoree}


def facts(gift: Gift) -> tuple[tuple[str, str], ...]:
    found = [(_("Received on"), day(gift.received_at))] if gift.received_at else []
    if gift.paid_with:
        found.append((_("Paid with"), gift.paid_with))
    found.append((_("Payment reference"), gift.reference or reference(gift)))
    return tuple((str(name), value) for name, value in found)


def reference(gift: Gift) -> str:
    """Short enough to be read out on the telephone; staff find the gift by it."""
    text = gift.public_id.hex[:12].upper()
    return " ".join(text[i : i + 4] for i in range(0, 12, 4))


def corrections(gift: Gift) -> tuple[str, ...]:
    if is_void(gift):
        return (_("This receipt is void: the gift went back to the donor."),)
    if counted(gift) != gift.amount_minor:
        return (_("This receipt is corrected: only “What counts” may be declared."),)
    return ()
