"""What Stripe says of its own deliveries: the events it had, and where it sends them."""

from dataclasses import dataclass
from datetime import datetime

from donate import gateway, readings

# Each carries what we wrote into the payment, so that events of other products can be told from ours.
TYPES = ["checkout.session.completed", "checkout.session.expired", "payment_intent.succeeded", "invoice.paid"]


@dataclass(frozen=True)
class Happened:
    event_id: str
    at: datetime
    is_pending: bool  # some endpoint has not taken it


def events_of_gifts(since: datetime) -> list[Happened]:
    """At most a hundred after that moment, oldest first, about checkouts and payments of ours."""
    params = {"types": TYPES, "limit": gateway.PAGE, "created": {"gt": int(since.timestamp())}}
    found = gateway.call(lambda c: c.v1.events.list(params=params)).data
    return [
        Happened(item.id, readings.moment(item.created), bool(readings.part(item, "pending_webhooks")))
        for item in reversed(found)
        if is_ours(item)
    ]


def is_ours(event) -> bool:
    about = readings.part(event, "data", "object")
    of_invoice = readings.part(about, "parent", "subscription_details")
    return "checkout" in readings.metadata(about) or "checkout" in readings.metadata(of_invoice)


def endpoint_state(url: str) -> str:
    """Of the webhook endpoint with this address, in the mode of our key: enabled, disabled, or empty for none."""
    rows = list(gateway.pages(lambda c, p: c.v1.webhook_endpoints.list(params=p), {}))
    states = {row.status for row in rows if row.url == url}
    return "enabled" if "enabled" in states else "disabled" if states else ""
