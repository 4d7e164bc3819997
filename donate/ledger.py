"""The only writer of Gift, RecurringGift, LedgerEntry and Dispute. No Stripe, no request, no mail.

Everything here takes facts that Stripe was asked for *before*, and brings the books to them in one short transaction.
Lines are only added, so an old answer undoes nothing; fields that change carry the moment they were asked (`as_of`).
All work on one checkout, its recurring gift and its instalments is done one after another, behind a lock on its row.
"""

import logging
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from donate import aftermath, campaigns, closings, donors
from donate.facts import (
    DisputeFacts,
    InvoiceFacts,
    PaymentFacts,
    SessionFacts,
    SubscriptionFacts,
)
from donate.lines import Line, payment_lines
from donate.models import Checkout, Dispute, Donor, Gift, LedgerEntry, RecurringGift

log = logging.getLogger(__name__)

ATTRIBUTED = ("source_page_id", "source_title", "source_url", "source_region_id", "source_region_title")
STATE_OF = {"complete": Checkout.State.COMPLETED, "expired": Checkout.State.EXPIRED}
FACT = ("kind", "stripe_id", "amount_minor", "currency", "at")
CARRIED = (*ATTRIBUTED, "placement", "label", "designation")


@contextmanager
def locked(checkout_id: int):
    """The checkout's row, held until the transaction ends."""
    with transaction.atomic():
        yield Checkout.objects.select_for_update().get(pk=checkout_id)


def record_session(checkout_id: int, session: SessionFacts, as_of: datetime) -> Gift | None:
    """A payment page changed: what became of the checkout, and the one-off gift where there is one."""
    with locked(checkout_id) as checkout:
        note_session(checkout, session)
        if session.status != "complete" or not session.payment:
            return None
        gift = Gift.objects.filter(stripe_payment_intent_id=session.payment.intent_id).first()
        gift = gift or begin_gift(checkout, session.payment, session, stripe_checkout_session_id=session.id)
        return settle(gift, session.payment, as_of)


def record_invoice(
    checkout_id: int,
    invoice: InvoiceFacts,
    payment: PaymentFacts,
    subscription: SubscriptionFacts,
    as_of: datetime,
    session: SessionFacts | None = None,
) -> Gift | None:
    """An instalment of a recurring gift changed. A card that was refused leaves no gift: Stripe tries again."""
    with locked(checkout_id) as checkout:
        if session:
            note_session(checkout, session)
        recurring = standing(checkout, subscription, as_of, session)
        gift = Gift.objects.filter(stripe_invoice_id=invoice.id).first()
        if gift is None and not is_worth_a_gift(payment):
            return None
        gift = gift or begin_gift(
            checkout,
            payment,
            session,
            recurring_gift=recurring,
            donor=recurring.donor,
            stripe_invoice_id=invoice.id,
            stripe_subscription_id=subscription.id,
        )
        return settle(gift, payment, as_of)


def record_subscription(
    checkout_id: int,
    subscription: SubscriptionFacts,
    as_of: datetime,
    session: SessionFacts | None = None,
) -> RecurringGift:
    with locked(checkout_id) as checkout:
        if session:
            note_session(checkout, session)
        return standing(checkout, subscription, as_of, session)


# The parts ------------------------------------------------------------------------------------------


def note_session(checkout: Checkout, session: SessionFacts) -> None:
    """open -> expired, anything -> completed, and never back."""
    changed = []
    now = STATE_OF.get(session.status, checkout.state)
    if now != checkout.state and checkout.state != Checkout.State.COMPLETED:
        checkout.state = now
        checkout.payment_url = ""
        changed += ["state", "payment_url"]
    if not checkout.stripe_checkout_session_id:
        checkout.stripe_checkout_session_id = session.id
        changed.append("stripe_checkout_session_id")
    if session.customer_id and not checkout.stripe_customer_id:
        checkout.stripe_customer_id = session.customer_id
        changed.append("stripe_customer_id")
    if changed:
        checkout.save(update_fields=changed)


def is_worth_a_gift(payment: PaymentFacts) -> bool:
    """Money that is here, or on its way; a delayed payment that failed is remembered as such."""
    delayed = bool(payment.charge and payment.charge.is_delayed)
    return payment.state in ("received", "processing") or (payment.state == "failed" and delayed)


def begin_gift(
    checkout: Checkout, payment: PaymentFacts, session: SessionFacts | None = None, **fields
) -> Gift:
    """The gift's row: who, for what, and which story began it. No money yet."""
    recurring = fields.get("recurring_gift")
    total = checkout.amount_minor + checkout.fee_cover_minor
    carried = {name: getattr(recurring or checkout, name) for name in CARRIED}
    donor = fields.pop("donor", None) or donors.donor_of(checkout, session)
    return Gift.objects.create(
        livemode=payment.livemode,
        donor=donor,
        campaign_id=(recurring or checkout).campaign_id,
        checkout=checkout,
        frequency=(recurring or checkout).frequency,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        fee_cover_minor=checkout.fee_cover_minor if payment.amount_minor == total else 0,
        created_at=payment.created_at,
        stripe_payment_intent_id=payment.intent_id,
        **carried,
        **fields,
    )


def settle(gift: Gift, payment: PaymentFacts, as_of: datetime) -> Gift:
    """The gift's lines and dates as Stripe says; what follows from them happens once."""
    is_news = gift.received_at is None
    if payment.state == "received" and payment.charge:
        note_receipt_of_money(gift, payment)
        added = write_lines(gift, payment_lines(payment))
        for dispute in payment.disputes:
            record_dispute(gift, dispute, as_of)
        if added:
            transaction.on_commit(lambda: campaigns.forget_totals(gift.campaign_id))
        if is_news:
            aftermath.gift_received(gift)
        for line in added:
            aftermath.line_added(gift, line)
    elif payment.state == "failed" and gift.received_at is None and gift.failed_at is None:
        gift.failed_at = as_of
        gift.save(update_fields=["failed_at"])
        aftermath.gift_failed(gift)
    elif payment.state == "processing" and gift.received_at is None:
        if gift.failed_at and gift.failed_at >= as_of:
            return gift  # an answer from before it failed
        if gift.failed_at:  # tried again, and on its way again
            gift.failed_at = None
            gift.save(update_fields=["failed_at"])
        aftermath.gift_on_its_way(gift)
    return gift


def note_receipt_of_money(gift: Gift, payment: PaymentFacts) -> None:
    if gift.received_at is not None:
        return
    gift.received_at = payment.charge.at
    gift.failed_at = None
    gift.stripe_charge_id = payment.charge.id
    gift.paid_with = "" if gift.donor.erased_at else payment.charge.paid_with[:60]
    gift.save(update_fields=["received_at", "failed_at", "stripe_charge_id", "paid_with"])


def write_lines(gift: Gift, expected: Iterable[Line]) -> list[LedgerEntry]:
    """Adds what is missing and fills settled fields that were not known; gives the new lines."""
    known = {(line.kind, line.stripe_id): line for line in gift.lines.all()}
    new = []
    for line in expected:
        old = known.get(line.key)
        if old is None:
            fact = {name: getattr(line, name) for name in FACT}
            new.append(LedgerEntry(gift=gift, **fact, **settlement(gift, line)))
        elif old.settled_minor is None and line.settled_minor is not None:
            open_line = LedgerEntry.objects.filter(pk=old.pk, settled_minor__isnull=True)
            open_line.update(**settlement(gift, line))
    return LedgerEntry.objects.bulk_create(new)


def settlement(gift: Gift, line: Line) -> dict:
    """What is known once the balance has moved; nothing before."""
    if line.settled_at is None:
        return {}
    return {
        "settled_minor": line.settled_minor,
        "settled_currency": line.settled_currency,
        **closings.booking(line.settled_at, gift.livemode),
    }


def record_dispute(gift: Gift, dispute: DisputeFacts, as_of: datetime) -> None:
    """How the dispute stands; an answer older than the one we have changes nothing."""
    known, is_new = Dispute.objects.get_or_create(
        stripe_dispute_id=dispute.id,
        defaults={
            "gift": gift,
            "status": dispute.status,
            "amount_minor": dispute.amount_minor,
            "currency": dispute.currency,
            "reason": dispute.reason[:60],
            "due_at": dispute.due_at,
            "opened_at": dispute.at,
            "as_of": as_of,
        },
    )
    before = "" if is_new else known.status
    if not is_new and as_of > known.as_of:
        known.status, known.due_at, known.as_of = dispute.status, dispute.due_at, as_of
        known.save(update_fields=["status", "due_at", "as_of"])
    if known.status != before:
        aftermath.dispute_changed(known)


def standing(
    checkout: Checkout,
    subscription: SubscriptionFacts,
    as_of: datetime,
    session: SessionFacts | None = None,
) -> RecurringGift:
    """The recurring gift of a subscription, made or brought up to date."""
    now = changing_fields(subscription)
    recurring = RecurringGift.objects.filter(stripe_subscription_id=subscription.id).first()
    if recurring is None:
        recurring = RecurringGift.objects.create(
            livemode=subscription.livemode,
            donor=donors.donor_of(checkout, session),
            campaign_id=checkout.campaign_id,
            checkout=checkout,
            frequency=checkout.frequency,
            stripe_subscription_id=subscription.id,
            stripe_customer_id=subscription.customer_id,
            started_at=subscription.started_at,
            as_of=as_of,
            **now,
            **{name: getattr(checkout, name) for name in CARRIED},
        )
    elif as_of > recurring.as_of:
        before = recurring.status
        if recurring.donor.erased_at:
            now["paid_with"] = ""
        for name, value in now.items():
            setattr(recurring, name, value)
        recurring.as_of = as_of
        recurring.save(update_fields=[*now, "as_of"])
        if recurring.status != before:
            aftermath.recurring_changed(recurring, before)
    return recurring


def changing_fields(subscription: SubscriptionFacts) -> dict:
    return {
        "status": subscription.status,
        "amount_minor": subscription.amount_minor,
        "currency": subscription.currency,
        "next_gift_at": subscription.next_at,
        "ended_at": subscription.ended_at,
        "paid_with": subscription.paid_with[:60],
    }


def forget_cards(donor: Donor) -> None:
    """An erased donor's gifts stand without the digits of a card. No amount, no date and no line is touched."""
    Gift.objects.filter(donor=donor).exclude(paid_with="").update(paid_with="")
    RecurringGift.objects.filter(donor=donor).exclude(paid_with="").update(paid_with="")


def note_attempt(invoice: InvoiceFacts, payment: PaymentFacts, subscription: SubscriptionFacts) -> None:
    """A renewal that was tried and refused: the donor hears of the first, the last but one and the last try."""
    if invoice.status != "open" or payment.state in ("received", "processing") or not invoice.attempts:
        return
    recurring = RecurringGift.objects.filter(stripe_subscription_id=subscription.id).first()
    if recurring:
        with transaction.atomic():
            aftermath.renewal_refused(recurring, invoice, is_question=payment.state == "open")


# Gifts that did not come through Stripe ---------------------------------------------------------------


def record_offline_gift(*, received_at: datetime, owes_mail: bool = False, **fields) -> Gift:
    """A cheque, a bank transfer, or a gift from before our time: a gift with one settled line and a receipt."""
    with transaction.atomic():
        gift = Gift.objects.create(created_at=received_at, received_at=received_at, **fields)
        LedgerEntry.objects.create(
            gift=gift,
            kind="received",
            amount_minor=gift.amount_minor,
            currency=gift.currency,
            settled_minor=gift.amount_minor,
            settled_currency=gift.currency,
            at=received_at,
            **closings.booking(received_at, gift.livemode),
        )
        aftermath.gift_received(gift, owes_mail=owes_mail)
        transaction.on_commit(lambda: campaigns.forget_totals(gift.campaign_id))
    return gift


def record_correction(gift: Gift, amount_minor: int, at: datetime | None = None) -> LedgerEntry:
    """Money given back outside Stripe, or an offline gift entered wrongly: a dated refund line, never an edit."""
    with transaction.atomic():
        gift = Gift.objects.select_for_update().get(pk=gift.pk)
        at = at or timezone.now()
        line = LedgerEntry.objects.create(
            gift=gift,
            kind="refunded",
            amount_minor=-amount_minor,
            currency=gift.currency,
            settled_minor=-amount_minor,
            settled_currency=gift.currency,
            at=at,
            **closings.booking(at, gift.livemode),
        )
        aftermath.line_added(gift, line)
        transaction.on_commit(lambda: campaigns.forget_totals(gift.campaign_id))
    return line
