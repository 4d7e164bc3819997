"""Products, prices, customers and ways to pay."""

from copy import deepcopy

from donate.sandbox import cards
from donate.sandbox.errors import Refusal
from donate.sandbox.shapes import NOBODY


def create_product(box, params: dict) -> dict:
    fields = {
        name: params[name]
        for name in ("name", "description", "images", "metadata", "unit_label")
        if name in params
    }
    id = params.get("id")
    if id and box.store.get(id):
        raise Refusal("Product already exists.", param="id", code="resource_already_exists")
    product = box.new("product", updated=box.now(), **fields, **({"id": id} if id else {}))
    box.emit("product.created", product)
    return product


def update_product(box, id: str, params: dict) -> dict:
    product = box.get("product", id)
    changes = {name: value for name, value in params.items() if name in product}
    return box.change(product, "product.updated", **changes, updated=box.now())


def create_price(box, params: dict, inline: bool = False) -> dict:
    """From the params of `prices.create` or a `price_data`; inline prices are not offered again, so not active."""
    product = params.get("product") or create_product(box, params["product_data"])["id"]
    box.get("product", product, "product")
    recurring = params.get("recurring")
    if recurring:
        recurring = {
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        } | recurring
    return box.new(
        "price",
        active=not inline,
        currency=params["currency"],
        metadata=params.get("metadata") or {},
        product=product,
        recurring=recurring,
        type="recurring" if recurring else "one_time",
        unit_amount=params.get("unit_amount"),
        unit_amount_decimal=str(params.get("unit_amount")),
    )


def price_of(box, item: dict) -> dict:
    """The price that a line item names or describes."""
    return (
        box.get("price", item["price"], "price")
        if item.get("price")
        else create_price(box, item["price_data"], True)
    )


def create_customer(box, params: dict) -> dict:
    fields = ("email", "name", "phone", "description", "metadata", "preferred_locales")
    customer = box.new("customer", **{name: params[name] for name in fields if params.get(name)})
    box.emit("customer.created", customer)
    return customer


def update_customer(box, id: str, params: dict) -> dict:
    customer = live_customer(box, id)
    changes = {
        name: value or None
        for name, value in params.items()
        if name in ("email", "name", "phone", "description")
    }
    if "metadata" in params:
        changes["metadata"] = merged(customer["metadata"], params["metadata"])
    if "invoice_settings" in params:
        changes["invoice_settings"] = customer["invoice_settings"] | params["invoice_settings"]
    return box.change(customer, "customer.updated", **changes)


def live_customer(box, id: str) -> dict:
    customer = box.get("customer", id, "customer")
    if customer.get("deleted"):
        raise Refusal(f"No such customer: '{id}'", param="customer", code="resource_missing")
    return customer


def delete_customer(box, id: str, cancel) -> dict:
    """`cancel` ends each of the customer's subscriptions first, as Stripe does."""
    customer = live_customer(box, id)
    for subscription in box.store.where("subscription", customer=id):
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            cancel(box, subscription["id"], {})
    box.emit("customer.deleted", customer)
    stub = {"id": id, "object": "customer", "created": customer["created"], "deleted": True}
    box.store.put(stub)
    return deleted(stub)


def deleted(customer: dict) -> dict:
    return {"id": customer["id"], "object": "customer", "deleted": True}


def new_method(box, card: cards.Card, currency: str, donor: dict, customer: str | None) -> dict:
    """A payment method; remembers which test card it is."""
    info = cards.details(card, currency)
    kind = info["type"]
    inner = dict(info[kind])
    if kind == "card":
        inner |= {
            "display_brand": card.brand,
            "fingerprint": card.number[::-1],
            "networks": None,
            "wallet": None,
        }
        inner |= {
            "generated_from": None,
            "three_d_secure_usage": {"supported": True},
            "regulated_status": "unregulated",
        }
    return box.new(
        "payment_method",
        type=kind,
        billing_details=person(donor),
        customer=customer,
        allow_redisplay="limited",
        _card=card.number,
        **{kind: inner},
    )


def person(donor: dict) -> dict:
    return deepcopy(NOBODY) | {name: donor.get(name) for name in ("email", "name", "phone")}


def merged(old: dict | None, new: dict | str | None) -> dict:
    """Stripe's rule for metadata: keys are added, empty ones removed, "" removes all."""
    if not new:
        return {}
    return {name: value for name, value in ((old or {}) | new).items() if value != ""}
