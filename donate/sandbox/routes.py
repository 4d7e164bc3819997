"""The part of the API that the sandbox speaks: verb, path, the SDK's type of the parameters, and what it does."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from donate.sandbox import (
    answers,
    bank,
    catalog,
    checkout,
    checks,
    disputes,
    payments,
    portal,
    reversals,
    subscriptions,
)
from donate.sandbox.errors import Refusal

Work = Callable[..., dict]


@dataclass(frozen=True)
class Route:
    verb: str
    path: str  # with {id} where the id stands
    params: str  # below stripe.params
    work: Work  # (box, params, id) -> an object as stored, or a finished list

    @property
    def pattern(self) -> re.Pattern:
        return re.compile(re.escape(self.path).replace(r"\{id\}", "(?P<id>[^/]+)"))


def get(kind: str) -> Work:
    return lambda box, params, id: box.get(kind, id)


def many(kind: str, url: str) -> Work:
    return lambda box, params, id: answers.page(box, kind, params, url)


def create(work: Work) -> Work:
    return lambda box, params, id: work(box, params)


def change(work: Work) -> Work:
    return lambda box, params, id: work(box, id, params)


def both(kind: str, path: str, name: str, module: str = "") -> list[Route]:
    """The two routes that nearly every kind has: one object, and the list."""
    return [
        Route("GET", path, f"{module}{name}ListParams", many(kind, path)),
        Route("GET", path + "/{id}", f"{module}{name}RetrieveParams", get(kind)),
    ]


def customer(box, params: dict, id: str) -> dict:
    found = box.get("customer", id)
    return catalog.deleted(found) if found.get("deleted") else found


def pay_invoice(box, params: dict, id: str) -> dict:
    outcome = subscriptions.collect(box, box.get("invoice", id), method=params.get("payment_method", ""))
    if outcome == "declined":
        intent = subscriptions.intent_of(box, id)
        code = intent["last_payment_error"]["decline_code"]
        raise Refusal(
            payments.DECLINED,
            code="card_declined",
            status=402,
            type="card_error",
            decline_code=code,
            keep=True,
        )
    return box.get("invoice", id)


def account(box, params: dict, id: str = "") -> dict:
    name = {"display_name": "Sandbox", "timezone": "Etc/UTC"}
    return {"id": "acct_sandbox", "object": "account", "charges_enabled": True, "payouts_enabled": True, "country": "US",
            "default_currency": "usd", "details_submitted": True, "email": None, "type": "standard",
            "settings": {"dashboard": name, "payments": {"statement_descriptor": "SANDBOX"}}}  # fmt: skip


def line_items(box, params: dict, id: str) -> dict:
    return answers.included(box, box.get("checkout.session", id), "line_items")


def charge_refunds(box, params: dict, id: str) -> dict:
    return answers.page(box, "refund", params | {"charge": id}, f"/v1/charges/{id}/refunds")


def update_metadata(kind: str) -> Work:
    def work(box, params: dict, id: str) -> dict:
        obj = box.get(kind, id)
        checks.metadata(params.get("metadata"))
        changes = {name: value for name, value in params.items() if name == "description"}
        if "metadata" in params:
            changes["metadata"] = catalog.merged(obj["metadata"], params["metadata"])
        box.save(obj, **changes)
        return obj

    return work


ROUTES = [
    Route("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams", create(checkout.create)),
    *both("checkout.session", "/v1/checkout/sessions", "Session", "checkout."),
    Route(
        "POST",
        "/v1/checkout/sessions/{id}",
        "checkout.SessionUpdateParams",
        update_metadata("checkout.session"),
    ),
    Route(
        "POST",
        "/v1/checkout/sessions/{id}/expire",
        "checkout.SessionExpireParams",
        lambda b, p, id: checkout.expire(b, id),
    ),
    Route("GET", "/v1/checkout/sessions/{id}/line_items", "checkout.SessionLineItemListParams", line_items),
    *both("payment_intent", "/v1/payment_intents", "PaymentIntent"),
    Route("POST", "/v1/payment_intents/{id}", "PaymentIntentUpdateParams", update_metadata("payment_intent")),
    *both("charge", "/v1/charges", "Charge"),
    Route("POST", "/v1/charges/{id}", "ChargeUpdateParams", update_metadata("charge")),
    Route("POST", "/v1/refunds", "RefundCreateParams", create(reversals.refund)),
    *both("refund", "/v1/refunds", "Refund"),
    Route("POST", "/v1/refunds/{id}", "RefundUpdateParams", update_metadata("refund")),
    Route(
        "POST",
        "/v1/refunds/{id}/cancel",
        "RefundCancelParams",
        lambda b, p, id: reversals.fail_refund(b, id, "canceled"),
    ),
    *both("dispute", "/v1/disputes", "Dispute"),
    Route(
        "POST", "/v1/disputes/{id}/close", "DisputeCloseParams", lambda b, p, id: disputes.close(b, id, False)
    ),
    *both("subscription", "/v1/subscriptions", "Subscription"),
    Route("POST", "/v1/subscriptions/{id}", "SubscriptionUpdateParams", change(subscriptions.update)),
    Route("DELETE", "/v1/subscriptions/{id}", "SubscriptionCancelParams", change(subscriptions.cancel)),
    *both("invoice", "/v1/invoices", "Invoice"),
    Route("POST", "/v1/invoices/{id}/pay", "InvoicePayParams", pay_invoice),
    *both("invoice_payment", "/v1/invoice_payments", "InvoicePayment"),
    Route("POST", "/v1/customers", "CustomerCreateParams", create(catalog.create_customer)),
    Route("GET", "/v1/customers", "CustomerListParams", many("customer", "/v1/customers")),
    Route("GET", "/v1/customers/{id}", "CustomerRetrieveParams", customer),
    Route("POST", "/v1/customers/{id}", "CustomerUpdateParams", change(catalog.update_customer)),
    Route(
        "DELETE",
        "/v1/customers/{id}",
        "CustomerDeleteParams",
        lambda b, p, id: catalog.delete_customer(b, id, subscriptions.cancel),
    ),
    Route("POST", "/v1/products", "ProductCreateParams", create(catalog.create_product)),
    *both("product", "/v1/products", "Product"),
    Route("POST", "/v1/products/{id}", "ProductUpdateParams", change(catalog.update_product)),
    Route("POST", "/v1/prices", "PriceCreateParams", create(catalog.create_price)),
    *both("price", "/v1/prices", "Price"),
    Route("POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams", create(portal.create)),
    *both("event", "/v1/events", "Event"),
    *both("balance_transaction", "/v1/balance_transactions", "BalanceTransaction"),
    Route("GET", "/v1/balance", "BalanceRetrieveParams", lambda b, p, id: bank.balance(b)),
    *both("payout", "/v1/payouts", "Payout"),
    *both("webhook_endpoint", "/v1/webhook_endpoints", "WebhookEndpoint"),
    Route("GET", "/v1/account", "AccountRetrieveCurrentParams", account),
    Route("GET", "/v1/accounts/{id}", "AccountRetrieveParams", account),
    Route("GET", "/v1/payment_methods/{id}", "PaymentMethodRetrieveParams", get("payment_method")),
]
PATTERNS = [(route.verb, route.pattern, route) for route in ROUTES]


def find(verb: str, path: str) -> tuple[Route, str]:
    for known, pattern, route in PATTERNS:
        if known == verb and (match := pattern.fullmatch(path)):
            return route, match.groupdict().get("id", "")
    raise Refusal(f"Unrecognized request URL ({verb}: {path}). The sandbox does not know it.", status=404)


def answer(box, verb: str, path: str, raw: dict) -> dict:
    """Does what the request asks, in one transaction; returns the public answer."""
    route, id = find(verb, path)
    params = checks.params(route.params, raw)
    expand = params.get("expand", [])
    checks.expansions(expand)
    if not route.params.endswith("ListParams"):
        params = {name: value for name, value in params.items() if name != "expand"}
    refused = None
    with box.store.transaction():
        try:
            obj = route.work(box, params, id)
        except Refusal as refusal:
            if not refusal.keep:
                raise
            refused = refusal
        if refused is None:
            return (
                obj if obj["object"] == "list" or obj.get("deleted") else answers.expanded(box, obj, expand)
            )
    raise refused
