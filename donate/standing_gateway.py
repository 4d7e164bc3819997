"""The gateway's second half: a donor's standing instruction, card and customer at Stripe. Same client, errors, deadline."""

from typing import Any

from donate import gateway
from donate.facts import SubscriptionFacts


def change_amount(standing: SubscriptionFacts, amount_minor: int) -> None:
    """The new amount counts from the next charge; what was charged stays, and nothing is charged now."""
    price = {
        "currency": standing.currency,
        "product": standing.product_id,
        "recurring": {"interval": standing.interval},
        "unit_amount": amount_minor,
    }
    params: dict[str, Any] = {
        "items": [{"id": standing.item_id, "price_data": price}],
        "proration_behavior": "none",
    }
    gateway.call(lambda c: c.v1.subscriptions.update(standing.id, params=params))


def pause(subscription_id: str) -> None:
    """Instalments that fall due are made void until `resume`."""
    params: dict[str, Any] = {"pause_collection": {"behavior": "void"}}
    gateway.call(lambda c: c.v1.subscriptions.update(subscription_id, params=params))


def resume(subscription_id: str) -> None:
    """Ends a pause, and takes back a wish to stop at the end of the period."""
    params: dict[str, Any] = {"pause_collection": "", "cancel_at_period_end": False}
    gateway.call(lambda c: c.v1.subscriptions.update(subscription_id, params=params))


def stop(subscription_id: str) -> None:
    """At once: no further charge. One that has ended already is as good."""
    params: dict[str, Any] = {"invoice_now": False, "prorate": False}
    try:
        gateway.call(lambda c: c.v1.subscriptions.cancel(subscription_id, params=params))
    except gateway.NotFound:
        pass


def card_page(customer_id: str, return_url: str) -> str:
    """Stripe's page for a new card: a secret of one hour, made when the donor asks and never stored."""
    flow: dict[str, Any] = {
        "type": "payment_method_update",
        "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
    }
    params: dict[str, Any] = {"customer": customer_id, "return_url": return_url, "flow_data": flow}
    return gateway.call(lambda c: c.v1.billing_portal.sessions.create(params=params)).url


def invoice_page(invoice_id: str) -> str | None:
    """Stripe's page where an open instalment is confirmed or paid; None where nothing is open."""
    found = gateway.call(lambda c: c.v1.invoices.retrieve(invoice_id))
    return found.hosted_invoice_url if found.status == "open" else None


def customers_with(email: str) -> list[str]:
    """Ids of Stripe's customers with this address."""
    params: dict[str, Any] = {"email": email, "limit": gateway.PAGE}
    found = gateway.call(lambda c: list(c.v1.customers.list(params=params).auto_paging_iter()))
    return [customer.id for customer in found]


def subscriptions_of(customer_id: str) -> list[str]:
    """Ids of a customer's subscriptions, ended ones included."""
    params: dict[str, Any] = {"customer": customer_id, "status": "all", "limit": gateway.PAGE}
    found = gateway.call(lambda c: list(c.v1.subscriptions.list(params=params).auto_paging_iter()))
    return [subscription.id for subscription in found]


def delete_customer(id: str) -> None:
    """Name, address and cards are gone at Stripe; subscriptions of theirs end. Payments stay, without a customer."""
    try:
        gateway.call(lambda c: c.v1.customers.delete(id))
    except gateway.NotFound:
        pass
