"""The customer portal: a session made by the site, and what the donor does there."""

import secrets

from donate.sandbox import cards, catalog, checks, subscriptions
from donate.sandbox.errors import Refusal


def create(box, params: dict) -> dict:
    customer = catalog.live_customer(box, params.get("customer", ""))
    if params.get("return_url"):
        checks.address(params["return_url"], "return_url")
    flow = params.get("flow_data")
    if flow:
        flow = full_flow(box, flow)
    session = box.new(
        "billing_portal.session",
        configuration=params.get("configuration", "bpc_sandbox"),
        customer=customer["id"],
        flow=flow,
        locale=params.get("locale"),
        return_url=params.get("return_url"),
        url="",
    )
    # The address is a secret of its own: not the id, and of no use after the session's hour.
    secret = secrets.token_urlsafe(16)
    box.save(session, url=f"{box.base_url}/p/session/{session['id']}-{secret}", _secret=secret)
    return session


def full_flow(box, flow: dict) -> dict:
    kinds = (
        "subscription_cancel",
        "subscription_update",
        "subscription_update_confirm",
        "subscription_pause",
    )
    for kind in kinds:
        if flow["type"] == kind:
            box.get(
                "subscription", flow.get(kind, {}).get("subscription", ""), f"flow_data[{kind}][subscription]"
            )
    end = {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"} | flow.get(
        "after_completion", {}
    )
    return {**dict.fromkeys(kinds), "type": flow["type"], "after_completion": end} | {
        kind: flow[kind] for kind in kinds if kind in flow
    }


def visit(box, token: str) -> dict:
    """The portal session of an address, while its hour lasts."""
    id, _, secret = token.partition("-")
    session = box.get("billing_portal.session", id)
    if not secrets.compare_digest(secret, session["_secret"]) or box.now() - session["created"] > 3600:
        raise Refusal("This portal session has expired.", status=404)
    return session


def standing(box, session: dict) -> list[dict]:
    found = box.store.where("subscription", customer=session["customer"])
    return [s for s in found if s["status"] not in subscriptions.ENDED]


def new_card(box, session: dict, number: str) -> None:
    """The card becomes the customer's and each subscription's; a late invoice is tried at once with it."""
    card = cards.card_of(number)
    if not card or card.now == "declined":
        raise Refusal("This card was declined.", param="card", code="card_declined")
    customer = box.get("customer", session["customer"])
    found = standing(box, session)
    currency = found[0]["currency"] if found else "usd"
    method = catalog.new_method(box, card, currency, customer, customer["id"])
    box.emit("payment_method.attached", method)
    settings = customer["invoice_settings"] | {"default_payment_method": method["id"]}
    box.change(customer, "customer.updated", invoice_settings=settings)
    for subscription in found:
        box.change(subscription, "customer.subscription.updated", default_payment_method=method["id"])
        invoice = box.get("invoice", subscription["latest_invoice"])
        if invoice["status"] == "open" and invoice["attempted"]:
            subscriptions.collect(box, invoice)


def stop(box, id: str) -> dict:
    return subscriptions.update(box, id, {"cancel_at_period_end": True})


def keep(box, id: str) -> dict:
    return subscriptions.update(box, id, {"cancel_at_period_end": False})
