"""What follows from a change of the books: receipts, mails owed, comments to read. Called inside its transaction.

Nothing is sent here: a Message row says what is owed, and the worker sends it after the commit.
"""

import logging

from donate import messages, receipts
from donate.facts import InvoiceFacts
from donate.models import Dispute, Gift, GiftComment, GivingSettings, LedgerEntry, RecurringGift
from donate.models.choices import EntryKind

log = logging.getLogger(__name__)


def gift_received(gift: Gift, owes_mail: bool = True) -> None:
    """Once per gift, when its money is there."""
    receipts.issue(gift)
    if owes_mail:
        messages.owe("receipt", str(gift.public_id), gift=gift)
    keep_comment(gift)
    checkout = gift.checkout
    if checkout and checkout.notify and checkout.honoree and is_first(gift):
        messages.owe("dedication", str(gift.public_id), gift=gift)


def gift_on_its_way(gift: Gift) -> None:
    messages.owe("on_its_way", str(gift.public_id), gift=gift)


def gift_failed(gift: Gift) -> None:
    messages.owe("gift_failed", str(gift.public_id), gift=gift)


def line_added(gift: Gift, line: LedgerEntry) -> None:
    if line.kind == EntryKind.REFUNDED:
        messages.owe("refund", line.stripe_id or f"line-{line.pk}", gift=gift)
    elif line.kind == EntryKind.REFUND_FAILED:
        messages.owe("refund_failed", line.stripe_id or f"line-{line.pk}", gift=gift)


def dispute_changed(dispute: Dispute) -> None:
    """Fundraisers hear of each step at once: an answer is due soon."""
    owed = messages.owe("dispute", f"{dispute.stripe_dispute_id}:{dispute.status}", gift=dispute.gift)
    if not owed.sent_at:
        log.warning("A dispute is %s", dispute.status, extra={"dispute": dispute.stripe_dispute_id})


def recurring_changed(recurring: RecurringGift, before: str) -> None:
    if recurring.status == RecurringGift.Status.ENDED:
        messages.owe("recurring_ended", str(recurring.public_id), recurring_gift=recurring)


def renewal_refused(recurring: RecurringGift, invoice: InvoiceFacts, is_question: bool) -> None:
    """Told at the first failure, before the last try, and at the end; each once for an invoice.

    `is_question`: the bank has not refused, it waits for the donor's confirmation.
    """
    if invoice.next_try_at is None:
        kind = "renewal_failed_end"
    elif is_question:
        kind = "renewal_authenticate"
    elif invoice.attempts == 1:
        kind = "renewal_failed_first"
    elif invoice.attempts >= GivingSettings.load().renewal_tries - 1:
        kind = "renewal_failed_last"
    else:
        return
    messages.owe(kind, invoice.id, recurring_gift=recurring)


def keep_comment(gift: Gift) -> None:
    """Words and a first name wait for staff, where the donor agreed to have them shown; the first gift alone."""
    checkout = gift.checkout
    if not (checkout and checkout.show_name and is_first(gift)):
        return
    first_name = checkout.name.split()[0] if checkout.name.split() else ""
    GiftComment.objects.get_or_create(
        gift=gift, defaults={"first_name": first_name[:100], "words": checkout.comment}
    )


def is_first(gift: Gift) -> bool:
    """Not a renewal: what the donor wrote on the form is said once."""
    return (
        not Gift.objects.filter(checkout=gift.checkout_id, received_at__isnull=False)
        .exclude(pk=gift.pk)
        .exists()
    )
