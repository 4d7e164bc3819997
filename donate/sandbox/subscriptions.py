"""Subscriptions and their invoices: begun by a session, renewed, late, changed, paused, ended."""

import calendar
from copy import deepcopy
from datetime import UTC, datetime

from donate.sandbox import cards, catalog, checks, payments
from donate.sandbox.errors import Refusal
from donate.sandbox.shapes import listed

DAY = 86400
# After the first failure Stripe tries again, here after 3, 5 and 7 days; then the subscription ends.
RETRY_DAYS = (3, 5, 7)
ENDED = ("canceled", "incomplete_expired")


def after(moment: int, recurring: dict) -> int:
    """One period later: same time of day, same day of month where there is one."""
    count = recurring.get("interval_count") or 1
    if recurring["interval"] in ("day", "week"):
        return moment + count * DAY * (7 if recurring["interval"] == "week" else 1)
    then = datetime.fromtimestamp(moment, UTC)
    months = then.year * 12 + then.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = divmod(months, 12)
    day = min(then.day, calendar.monthrange(year, month + 1)[1])
    return int(then.replace(year=year, month=month + 1, day=day).timestamp())


# Beginning ------------------------------------------------------------------------------------------


def begin(box, session: dict, card, donor: dict, outcome: str) -> None:
    """The donor confirms a session in subscription mode. A declined card leaves nothing behind but an unused customer."""
    if not session["customer"]:
        customer = catalog.create_customer(box, {"email": donor["email"], "name": donor["name"] or ""})
        box.save(session, customer=customer["id"])
    if outcome == "declined":
        return
    customer = box.get("customer", session["customer"])
    method = catalog.new_method(box, card, session["currency"], donor, customer["id"])
    subscription = new_subscription(box, session, method)
    invoice = new_invoice(box, subscription, "subscription_create", session["_line_items"])
    box.save(subscription, latest_invoice=invoice["id"])
    box.save(session, subscription=subscription["id"], invoice=invoice["id"])
    box.emit("customer.subscription.created", subscription)
    charge_invoice(box, invoice, card, donor, outcome)


def new_subscription(box, session: dict, method: dict) -> dict:
    now, data = box.now(), session["_subscription_data"]
    subscription = box.new(
        "subscription",
        billing_cycle_anchor=now,
        currency=session["currency"],
        customer=session["customer"],
        default_payment_method=method["id"],
        description=data.get("description"),
        metadata=data.get("metadata") or {},
        start_date=now,
        status="active",
    )
    recurring = [line for line in session["_line_items"] if line["price"]["recurring"]]
    items = [new_item(box, subscription, line["price"], line["quantity"]) for line in recurring]
    box.save(subscription, items=listed(items, f"/v1/subscription_items?subscription={subscription['id']}"))
    return subscription


def new_item(box, subscription: dict, price: dict, quantity: int) -> dict:
    recurring = price["recurring"]
    plan = {"id": price["id"], "object": "plan", "active": price["active"], "amount": price["unit_amount"],
            "amount_decimal": price["unit_amount_decimal"], "billing_scheme": "per_unit", "created": price["created"],
            "currency": price["currency"], "interval": recurring["interval"], "interval_count": recurring["interval_count"],
            "livemode": False, "metadata": {}, "meter": None, "nickname": None, "product": price["product"],
            "tiers_mode": None, "transform_usage": None, "trial_period_days": None, "usage_type": "licensed"}  # fmt: skip
    item = box.new(
        "subscription_item",
        current_period_start=box.now(),
        current_period_end=after(box.now(), recurring),
        plan=plan,
        price=price,
        quantity=quantity,
        subscription=subscription["id"],
    )
    return item


# Invoices -------------------------------------------------------------------------------------------


def new_invoice(box, subscription: dict, reason: str, lines: list[dict]) -> dict:
    """An open, finalized invoice over the lines (each with `price` and `quantity`)."""
    total = sum(line["price"]["unit_amount"] * (line["quantity"] or 1) for line in lines)
    first = subscription["items"]["data"][0]
    parent = {
        "type": "subscription_details",
        "quote_details": None,
        "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]},
    }
    customer = box.get("customer", subscription["customer"])
    invoice = box.new(
        "invoice",
        amount_due=total,
        amount_remaining=total,
        billing_reason=reason,
        currency=subscription["currency"],
        customer=subscription["customer"],
        customer_email=customer.get("email"),
        customer_name=customer.get("name"),
        description=subscription["description"],
        parent=parent,
        period_start=first["current_period_start"],
        period_end=first["current_period_end"],
        subtotal=total,
        total=total,
        _subscription=subscription["id"],
    )
    box.save(invoice, lines=invoice_lines(box, invoice, lines), number=invoice["id"][-8:].upper() + "-0001")
    box.emit("invoice.created", invoice)
    box.save(invoice, hosted_invoice_url=f"{box.base_url}/i/{invoice['id']}")
    box.save(invoice, status_transitions=invoice["status_transitions"] | {"finalized_at": box.now()})
    box.emit("invoice.finalized", invoice)
    return invoice


def invoice_lines(box, invoice: dict, lines: list[dict]) -> dict:
    data = []
    for line in lines:
        total = line["price"]["unit_amount"] * (line["quantity"] or 1)
        data.append(
            box.new(
                "line_item",
                amount=total,
                currency=invoice["currency"],
                description=box.get("product", line["price"]["product"])["name"],
                invoice=invoice["id"],
                period={"start": invoice["period_start"], "end": invoice["period_end"]},
                subtotal=total,
                subscription=invoice["_subscription"],
            )
        )
    return listed(data, f"/v1/invoices/{invoice['id']}/lines")


def intent_of(box, invoice_id: str) -> dict:
    payment = box.store.where("invoice_payment", invoice=invoice_id)[0]
    return box.get("payment_intent", payment["payment"]["payment_intent"])


def charge_invoice(box, invoice: dict, card, donor: dict, outcome: str) -> str:
    """Tries to collect an open invoice; the same payment intent serves every try."""
    payment = box.store.where("invoice_payment", invoice=invoice["id"])
    if payment:
        intent = intent_of(box, invoice["id"])
    else:
        kind = cards.method_type(card, invoice["currency"])
        data = {"description": invoice["description"]}
        intent = payments.new_intent(
            box, invoice["amount_due"], invoice["currency"], invoice["customer"], data, kind
        )
        box.new(
            "invoice_payment",
            amount_requested=invoice["amount_due"],
            currency=invoice["currency"],
            invoice=invoice["id"],
            payment={"type": "payment_intent", "payment_intent": intent["id"]},
            status_transitions={"canceled_at": None, "paid_at": None},
        )
    payments.attempt(box, intent, card, donor, outcome)
    box.save(invoice, attempted=True, attempt_count=invoice["attempt_count"] + 1)
    after_attempt(box, invoice, outcome)
    return outcome


def after_attempt(box, invoice: dict, outcome: str) -> None:
    """The invoice and the subscription follow the payment."""
    subscription = box.get("subscription", invoice["_subscription"])
    if outcome == "paid":
        paid(box, invoice)
        if subscription["status"] in ("past_due", "unpaid", "incomplete"):
            box.change(subscription, "customer.subscription.updated", status="active")
    elif outcome in ("declined", "authenticate"):
        unpaid(box, invoice, subscription, outcome)


def paid(box, invoice: dict) -> None:
    payment = box.store.where("invoice_payment", invoice=invoice["id"])[0]
    now, amount = box.now(), invoice["amount_due"]
    moments = {"canceled_at": None, "paid_at": now}
    box.save(payment, status="paid", amount_paid=amount, status_transitions=moments)
    box.save(
        invoice,
        status="paid",
        amount_paid=amount,
        amount_remaining=0,
        next_payment_attempt=None,
        status_transitions=invoice["status_transitions"] | {"paid_at": now},
    )
    box.emit("invoice_payment.paid", payment)
    box.emit("invoice.paid", invoice)
    box.emit("invoice.payment_succeeded", invoice)


def unpaid(box, invoice: dict, subscription: dict, outcome: str) -> None:
    tries = invoice["attempt_count"]
    last = tries > len(RETRY_DAYS)
    box.save(invoice, next_payment_attempt=None if last else box.now() + DAY * RETRY_DAYS[tries - 1])
    if outcome == "authenticate":
        box.emit("invoice.payment_action_required", invoice)
    box.emit("invoice.payment_failed", invoice)
    if last:
        end(box, subscription, "payment_failed")
    else:
        box.change(subscription, "customer.subscription.updated", status="past_due")


# What time does -------------------------------------------------------------------------------------


def renew(box, id: str, outcome: str = "") -> dict:
    """The next period begins now: an invoice is made and tried. `outcome` empty: what the card does by its nature.

    Returns the invoice, or the subscription where it ended instead.
    """
    subscription = box.get("subscription", id)
    if subscription["status"] in ENDED:
        raise Refusal(f"The subscription is {subscription['status']}.", param="subscription")
    if subscription["cancel_at_period_end"]:
        return end(box, subscription, "cancellation_requested")
    before = deepcopy(subscription["items"])
    for item in subscription["items"]["data"]:
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] = after(item["current_period_end"], item["price"]["recurring"])
        box.store.put(item)
    box.store.put(subscription)
    invoice = new_invoice(box, subscription, "subscription_cycle", subscription["items"]["data"])
    box.save(subscription, latest_invoice=invoice["id"])
    box.emit("customer.subscription.updated", subscription, {"items": before})
    if subscription["pause_collection"]:
        return void(box, invoice) if subscription["pause_collection"]["behavior"] == "void" else invoice
    collect(box, invoice, outcome)
    return box.get("invoice", invoice["id"])


def collect(box, invoice: dict, outcome: str = "", method: str = "") -> str:
    """Tries an open invoice with the subscription's (or the given) payment method."""
    if invoice["status"] != "open":
        raise Refusal(f"Invoice is already {invoice['status']}", code="invoice_not_editable")
    subscription = box.get("subscription", invoice["_subscription"])
    customer = box.get("customer", invoice["customer"])
    method = (
        method
        or subscription["default_payment_method"]
        or customer["invoice_settings"]["default_payment_method"]
    )
    found = box.get("payment_method", method, "payment_method")
    card = cards.card_of(found["_card"])
    return charge_invoice(box, invoice, card, found["billing_details"], outcome or card.later)


def retry(box, invoice_id: str, outcome: str = "") -> dict:
    """Stripe's next try of a failed renewal."""
    collect(box, box.get("invoice", invoice_id), outcome)
    return box.get("invoice", invoice_id)


def finish_delayed_invoice(box, invoice_id: str, succeeds: bool) -> dict:
    """The bank's answer to a renewal by debit."""
    payments.finish_delayed(box, intent_of(box, invoice_id), succeeds)
    after_attempt(box, box.get("invoice", invoice_id), "paid" if succeeds else "declined")
    return box.get("invoice", invoice_id)


def void(box, invoice: dict) -> dict:
    moments = invoice["status_transitions"] | {"voided_at": box.now()}
    box.save(
        invoice, status="void", amount_remaining=0, next_payment_attempt=None, status_transitions=moments
    )
    box.emit("invoice.voided", invoice)
    return invoice


def renew_due(box) -> int:
    """All renewals and retries whose time has come, each dated when it was due. Returns how many."""
    now, done = box.now(), 0
    for subscription in box.store.find("subscription"):
        while subscription["status"] not in ENDED:
            end_of_period = subscription["items"]["data"][0]["current_period_end"]
            if end_of_period > now or done > 10_000:
                break
            with box.at(end_of_period):
                renew(box, subscription["id"])
            subscription, done = box.get("subscription", subscription["id"]), done + 1
    for invoice in reversed(box.store.find("invoice")):
        when = invoice["next_payment_attempt"]
        if invoice["status"] == "open" and when and when <= now:
            with box.at(when):
                retry(box, invoice["id"])
            done += 1
    return done


# What the site asks for -------------------------------------------------------------------------------


def update(box, id: str, params: dict) -> dict:
    subscription = box.get("subscription", id)
    if subscription["status"] in ENDED:
        raise Refusal(
            "A canceled subscription can only update its cancellation_details and metadata.", param="status"
        )
    changes = {name: params[name] for name in ("description", "default_payment_method") if name in params}
    if params.get("default_payment_method"):
        box.get("payment_method", params["default_payment_method"], "default_payment_method")
    if "metadata" in params:
        checks.metadata(params["metadata"])
        changes["metadata"] = catalog.merged(subscription["metadata"], params["metadata"])
    if "pause_collection" in params:
        pause = params["pause_collection"]
        changes["pause_collection"] = {"resumes_at": None} | pause if pause else None
    if "cancel_at_period_end" in params:
        changes |= ending(box, subscription, params["cancel_at_period_end"])
    if "cancellation_details" in params:
        changes["cancellation_details"] = (
            subscription["cancellation_details"] | params["cancellation_details"]
        )
    if "items" in params:
        changes["items"] = changed_items(box, subscription, params["items"])
    return box.change(subscription, "customer.subscription.updated", **changes)


def ending(box, subscription: dict, at_end: bool) -> dict:
    reason = "cancellation_requested" if at_end else None
    return {
        "cancel_at_period_end": at_end,
        "cancel_at": subscription["items"]["data"][0]["current_period_end"] if at_end else None,
        "canceled_at": box.now() if at_end else None,
        "cancellation_details": subscription["cancellation_details"] | {"reason": reason},
    }


def changed_items(box, subscription: dict, wanted: list[dict]) -> dict:
    """An item without `id` is one more item, as at Stripe; the new price counts from the next invoice."""
    items = deepcopy(subscription["items"])
    for want in wanted:
        found = next((item for item in items["data"] if item["id"] == want.get("id")), None)
        if want.get("id") and not found:
            raise Refusal(
                f"No such subscription item: '{want['id']}'", param="items[0][id]", code="resource_missing"
            )
        price = price_for(box, subscription, want) or found["price"]
        if not found:
            items["data"].append(new_item(box, subscription, price, want.get("quantity", 1)))
            continue
        fresh = new_item(box, subscription, price, want.get("quantity", found["quantity"]))
        kept = {name: found[name] for name in ("id", "created", "current_period_start", "current_period_end")}
        found |= fresh | kept
        box.store.put(found)
    return items


def price_for(box, subscription: dict, want: dict) -> dict | None:
    if not (want.get("price") or want.get("price_data")):
        return None
    if "price_data" in want:
        checks.price_data(want["price_data"], "subscription", "items[0][price_data]")
    price = catalog.price_of(box, want)
    if price["currency"] != subscription["currency"]:
        raise Refusal(
            "The price's currency must be the subscription's.", param="items[0][price_data][currency]"
        )
    return price


def cancel(box, id: str, params: dict) -> dict:
    subscription = box.get("subscription", id)
    if subscription["status"] in ENDED:
        raise Refusal(f"No such subscription: '{id}'", param="id", code="resource_missing", status=404)
    details = subscription["cancellation_details"] | params.get("cancellation_details", {})
    box.save(subscription, cancellation_details=details)
    return end(box, subscription, "cancellation_requested")


def end(box, subscription: dict, reason: str) -> dict:
    now = box.now()
    details = subscription["cancellation_details"] | {"reason": reason}
    box.save(
        subscription,
        status="canceled",
        canceled_at=subscription["canceled_at"] or now,
        ended_at=now,
        cancellation_details=details,
    )
    box.emit("customer.subscription.deleted", subscription)
    return subscription
