"""Checkout sessions: made by the site, paid on the hosted page, or run out."""

from donate.sandbox import cards, catalog, checks, disputes, payments, subscriptions
from donate.sandbox.errors import Refusal

COPIED = ("client_reference_id", "cancel_url", "success_url", "customer_email", "submit_type", "locale", "custom_text",
          "billing_address_collection", "name_collection", "branding_settings", "phone_number_collection",
          "customer_creation", "integration_identifier", "consent_collection", "payment_method_collection")  # fmt: skip


def create(box, params: dict) -> dict:
    checks.session(params, box.now())
    if params.get("customer"):
        catalog.live_customer(box, params["customer"])
    items = [line_item(box, line) for line in params["line_items"]]
    currency, total = items[0]["currency"], sum(item["amount_total"] for item in items)
    if any(item["currency"] != currency for item in items):
        raise Refusal("All prices on a Checkout Session must use the same currency.", param="line_items")
    checks.amount(total, currency, "line_items")
    session = box.new(
        "checkout.session",
        mode=params.get("mode", "payment"),
        amount_subtotal=total,
        amount_total=total,
        currency=currency,
        customer=params.get("customer"),
        expires_at=params.get("expires_at", box.now() + 86400),
        metadata=params.get("metadata") or {},
        adaptive_pricing={"enabled": params.get("adaptive_pricing", {}).get("enabled", False)},
        _line_items=items,
        _intent_data=params.get("payment_intent_data") or {},
        _subscription_data=params.get("subscription_data") or {},
        **{name: complete(name, params[name]) for name in COPIED if name in params},
    )
    box.save(session, url=f"{box.base_url}/c/pay/{session['id']}")
    return session


def complete(name: str, value):
    """Where Stripe fills in what was left out."""
    if name == "custom_text":
        return (
            dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"))
            | value
        )
    if name == "consent_collection":
        return dict.fromkeys(("payment_method_reuse_agreement", "promotions", "terms_of_service")) | value
    return value


def line_item(box, line: dict) -> dict:
    price, quantity = catalog.price_of(box, line), line.get("quantity", 1)
    total = price["unit_amount"] * quantity
    item = box.new(
        "item",
        adjustable_quantity=None,
        amount_subtotal=total,
        amount_total=total,
        currency=price["currency"],
        description=box.get("product", price["product"])["name"],
        price=price,
        quantity=quantity,
    )
    item.pop("metadata", None)
    return item


def open_session(box, id: str) -> dict:
    session = box.get("checkout.session", id)
    if session["status"] == "open" and session["expires_at"] <= box.now():
        expire(box, id)
        session = box.get("checkout.session", id)
    if session["status"] != "open":
        raise Refusal(f"This Session is {session['status']}.", param="session")
    return session


def expire(box, id: str) -> dict:
    session = box.get("checkout.session", id)
    if session["status"] != "open":
        raise Refusal(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Session has a status of {session["status"]}.',
            param="session",
        )
    box.save(session, status="expired", url=None)
    box.emit("checkout.session.expired", session)
    return session


def pay(
    box,
    id: str,
    number: str = "4242424242424242",
    email: str = "",
    name: str = "",
    confirmed: bool | None = None,
) -> str:
    """What the donor does on the hosted page: paid, declined, authenticate or delayed.

    `confirmed` answers a card that asks for authentication: True, False, or None where nobody was asked yet.
    """
    session = open_session(box, id)
    card = cards.card_of(number)
    if not card:
        raise Refusal("This is not one of the sandbox's test cards.", param="card", code="invalid_number")
    email = email or session["customer_email"] or known_email(box, session) or ""
    checks.email(email or "-", "email")
    outcome = card.now
    if outcome == "authenticate" and confirmed is not None:
        outcome = "paid" if confirmed else "declined"
    elif outcome == "authenticate":
        return outcome
    donor = {"email": email, "name": name or None, "phone": None}
    way = pay_once if session["mode"] == "payment" else subscriptions.begin
    way(box, session, card, donor, outcome)
    if outcome != "declined":
        finish(box, session, donor, outcome)
    return outcome


def known_email(box, session: dict) -> str | None:
    return box.get("customer", session["customer"])["email"] if session["customer"] else None


def pay_once(box, session: dict, card, donor: dict, outcome: str) -> None:
    if outcome != "declined" and not session["customer"] and session["customer_creation"] == "always":
        customer = catalog.create_customer(box, {"email": donor["email"], "name": donor["name"] or ""})
        box.save(session, customer=customer["id"])
    if session["payment_intent"]:
        intent = box.get("payment_intent", session["payment_intent"])
        box.save(intent, customer=session["customer"])
    else:
        kind = cards.method_type(card, session["currency"])
        data = session["_intent_data"]
        intent = payments.new_intent(
            box, session["amount_total"], session["currency"], session["customer"], data, kind
        )
        box.save(session, payment_intent=intent["id"])
    payments.attempt(box, intent, card, donor, outcome)


def finish(box, session: dict, donor: dict, outcome: str) -> None:
    """The session is complete; paid too, unless the money is still on its way."""
    names = ("address", "business_name", "individual_name", "phone", "tax_exempt", "tax_ids")
    details = dict.fromkeys(names) | {
        "email": donor["email"],
        "name": donor["name"],
        "tax_exempt": "none",
        "tax_ids": [],
    }
    box.save(
        session,
        status="complete",
        payment_status="unpaid" if outcome == "delayed" else "paid",
        customer_details=details,
        url=None,
    )
    box.emit("checkout.session.completed", session)
    if outcome == "paid":
        after_payment(box, session)


def after_payment(box, session: dict) -> None:
    """A card that is disputed by its nature is disputed now."""
    intent = intent_of(box, session)
    charge = box.get("charge", intent["latest_charge"])
    card = cards.card_of(charge["_card"])
    if card and card.disputed:
        disputes.open_dispute(box, charge["id"])


def intent_of(box, session: dict) -> dict:
    if session["payment_intent"]:
        return box.get("payment_intent", session["payment_intent"])
    return subscriptions.intent_of(box, session["invoice"])


def finish_delayed(box, id: str, succeeds: bool) -> dict:
    """The bank's answer to a delayed debit."""
    session = box.get("checkout.session", id)
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        raise Refusal("No debit is on its way for this session.", param="session")
    intent = intent_of(box, session)
    if intent["status"] != "processing":
        raise Refusal("No debit is on its way for this session.", param="session")
    payments.finish_delayed(box, intent, succeeds)
    if session["invoice"]:
        subscriptions.after_attempt(
            box, box.get("invoice", session["invoice"]), "paid" if succeeds else "declined"
        )
    if succeeds:
        box.save(session, payment_status="paid")
    box.emit(f"checkout.session.async_payment_{'succeeded' if succeeds else 'failed'}", session)
    return session
