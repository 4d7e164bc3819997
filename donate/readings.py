"""Stripe's objects read into our facts. Takes what the SDK answers; knows where things stand in this API version."""

import re
from datetime import UTC, datetime
from typing import Any

from donate.facts import (
    ChargeFacts,
    DisputeFacts,
    InvoiceFacts,
    Notice,
    PaymentFacts,
    RefundFacts,
    SessionFacts,
    Settled,
    SubscriptionFacts,
)

Obj = Any  # an object of Stripe's: attributes, none of which is certain
NOT_DELAYED = frozenset({"card", "card_present", "link", "paypal", "cashapp", "amazon_pay", "revolut_pay"})
DISPUTES = {
    "won": "won",
    "lost": "lost",
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "closed",
    "prevented": "closed",
}
SUBSCRIPTIONS = {
    "incomplete": "incomplete",
    "incomplete_expired": "ended",
    "past_due": "past_due",
    "unpaid": "past_due",
    "paused": "paused",
    "canceled": "ended",
}


def part(obj: Obj, *path: str) -> Any:
    """A nested field, or None where any step of the path is missing."""
    for name in path:
        if obj is None or isinstance(obj, str):
            return None
        obj = getattr(obj, name, None)
    return obj


def id_of(value: Any) -> str | None:
    """The id of a field that may be expanded."""
    return value if isinstance(value, str) or value is None else part(value, "id")


def moment(epoch: int | None) -> datetime | None:
    return datetime.fromtimestamp(epoch, UTC) if epoch is not None else None


def metadata(obj: Obj) -> dict[str, str]:
    found = part(obj, "metadata")
    return found.to_dict() if found else {}


def settled(obj: Obj) -> Settled | None:
    """A balance transaction; None while it is only an id, or not there yet."""
    if obj is None or isinstance(obj, str):
        return None
    return Settled(obj.id, obj.amount, obj.fee, obj.currency, moment(obj.created))


def refund(obj: Obj) -> RefundFacts:
    return RefundFacts(
        id=obj.id,
        intent_id=id_of(part(obj, "payment_intent")),
        amount_minor=obj.amount,
        currency=obj.currency,
        has_failed=obj.status in ("failed", "canceled"),
        at=moment(obj.created),
        settled=settled(part(obj, "balance_transaction")),
        undone=settled(part(obj, "failure_balance_transaction")),
    )


def dispute(obj: Obj) -> DisputeFacts:
    return DisputeFacts(
        id=obj.id,
        intent_id=id_of(part(obj, "payment_intent")),
        amount_minor=obj.amount,
        currency=obj.currency,
        status=DISPUTES.get(obj.status, "open"),
        reason=part(obj, "reason") or "",
        due_at=moment(part(obj, "evidence_details", "due_by")),
        at=moment(obj.created),
        livemode=obj.livemode,
        movements=tuple(settled(item) for item in part(obj, "balance_transactions") or []),
    )


def charge(obj: Obj, refunds: list[Obj] | None = None) -> ChargeFacts:
    kind = part(obj, "payment_method_details", "type") or "card"
    if refunds is None:
        refunds = part(obj, "refunds", "data") or []
    return ChargeFacts(
        id=obj.id,
        amount_minor=obj.amount,
        currency=obj.currency,
        at=moment(obj.created),
        is_disputed=bool(part(obj, "disputed")),
        is_delayed=kind not in NOT_DELAYED,
        paid_with=paid_with(part(obj, "payment_method_details")),
        settled=settled(part(obj, "balance_transaction")),
        refunds=tuple(refund(item) for item in refunds),
    )


def paid_with(details: Obj) -> str:
    """Such as "Visa ending 4242", for the donor's own page; no more than the last four digits."""
    kind = part(details, "type")
    inner = part(details, kind) if kind else None
    last4 = part(inner, "last4")
    name = (part(inner, "brand") or kind or "").replace("_", " ").capitalize()
    return f"{name} {last4}".strip() if last4 else name


def payment(obj: Obj, refunds: list[Obj] | None = None, disputes: tuple = ()) -> PaymentFacts:
    latest = part(obj, "latest_charge")
    expanded = latest if latest is not None and not isinstance(latest, str) else None
    return PaymentFacts(
        intent_id=obj.id,
        state=state(obj, expanded),
        amount_minor=obj.amount,
        currency=obj.currency,
        created_at=moment(obj.created),
        livemode=obj.livemode,
        metadata=metadata(obj),
        charge=charge(expanded, refunds) if expanded else None,
        disputes=disputes,
    )


def state(intent: Obj, latest: Obj) -> str:
    if intent.status == "succeeded":
        return "received"
    if intent.status == "processing":
        return "processing"
    return "failed" if part(latest, "status") == "failed" or intent.status == "canceled" else "open"


def subscription(obj: Obj) -> SubscriptionFacts:
    items = part(obj, "items", "data") or []
    first = items[0] if items else None
    return SubscriptionFacts(
        id=obj.id,
        status=standing(obj),
        amount_minor=sum((part(item, "price", "unit_amount") or 0) * (item.quantity or 1) for item in items),
        currency=obj.currency,
        interval=part(first, "price", "recurring", "interval") or "month",
        started_at=moment(part(obj, "start_date") or obj.created),
        livemode=obj.livemode,
        customer_id=id_of(part(obj, "customer")) or "",
        next_at=None if standing(obj) == "ended" else moment(part(first, "current_period_end")),
        ended_at=moment(part(obj, "ended_at")),
        paid_with=paid_with(part(obj, "default_payment_method")),
        item_id=part(first, "id") or "",
        product_id=id_of(part(first, "price", "product")) or "",
        latest_invoice_id=id_of(part(obj, "latest_invoice")) or "",
        metadata=metadata(obj),
    )


def standing(obj: Obj) -> str:
    """A RecurringGift's status; "ending" may show as cancel_at alone."""
    if obj.status in SUBSCRIPTIONS:
        return SUBSCRIPTIONS[obj.status]
    if part(obj, "pause_collection"):
        return "paused"
    return "ending" if part(obj, "cancel_at_period_end") or part(obj, "cancel_at") else "active"


def invoice(obj: Obj) -> InvoiceFacts:
    details = part(obj, "parent", "subscription_details")
    payments = part(obj, "payments", "data") or []
    intents = [id_of(part(item, "payment", "payment_intent")) for item in payments]
    default = [part(item, "is_default") for item in payments]
    chosen = next((i for i, is_default in zip(intents, default, strict=True) if is_default and i), None)
    return InvoiceFacts(
        id=obj.id,
        status=obj.status,
        reason=part(obj, "billing_reason") or "",
        created_at=moment(obj.created),
        livemode=obj.livemode,
        amount_minor=obj.amount_due,
        currency=obj.currency,
        intent_id=chosen or next((found for found in intents if found), None),
        subscription_id=id_of(part(details, "subscription")),
        attempts=part(obj, "attempt_count") or 0,
        next_try_at=moment(part(obj, "next_payment_attempt")),
        metadata=metadata(details),
    )


def session(obj: Obj) -> SessionFacts:
    intent = part(obj, "payment_intent")
    details = part(obj, "customer_details")
    return SessionFacts(
        id=obj.id,
        status=obj.status,
        is_paid=obj.payment_status in ("paid", "no_payment_required"),
        livemode=obj.livemode,
        url=part(obj, "url") or "",
        email=part(details, "email") or part(obj, "customer_email") or "",
        name=part(details, "name") or "",
        customer_id=id_of(part(obj, "customer")) or "",
        amount_minor=part(obj, "amount_total") or 0,
        currency=part(obj, "currency") or "",
        created_at=moment(obj.created),
        payment=payment(intent) if intent is not None and not isinstance(intent, str) else None,
        intent_id=id_of(intent),
        invoice_id=id_of(part(obj, "invoice")),
        subscription_id=id_of(part(obj, "subscription")),
        metadata=metadata(obj),
    )


def notice(event: Any) -> Notice:
    """A delivery in either of Stripe's formats, as plain JSON; ValueError or the like for what is none."""
    if not isinstance(event, dict) or not re.fullmatch(r"[A-Za-z0-9_]{1,255}", event["id"]):
        raise ValueError("not an event")
    is_thin = event.get("object") == "v2.core.event"
    about = event.get("related_object") if is_thin else (event.get("data") or {}).get("object")
    object_id = (about or {}).get("id") if isinstance(about, dict | None) else None
    created = event.get("created")
    if isinstance(created, str):
        created_at = datetime.fromisoformat(created.replace("Z", "+00:00"))
    else:
        created_at = datetime.fromtimestamp(created, UTC) if created else datetime.now(UTC)
    clean = isinstance(object_id, str) and re.fullmatch(r"[A-Za-z0-9_]{1,255}", object_id)
    type = str(event.get("type") or "")
    return Notice(
        event_id=event["id"],
        type=re.sub(r"[^a-z0-9_.]", "", type.removeprefix("v1.") if is_thin else type)[:100],
        object_id=object_id if clean else "",
        livemode=bool(event.get("livemode")),
        created_at=created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC),
    )
