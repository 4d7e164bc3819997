"""New objects in the shapes of the SDK's API version: what may be null is null, what must be there is there."""

import functools
import secrets
import typing
from copy import deepcopy

from stripe import _object_classes

PREFIXES = {
    "checkout.session": "cs_test",
    "payment_intent": "pi",
    "charge": "ch",
    "refund": "re",
    "dispute": "du",
    "balance_transaction": "txn",
    "subscription": "sub",
    "subscription_item": "si",
    "price": "price",
    "product": "prod",
    "customer": "cus",
    "invoice": "in",
    "line_item": "il",
    "invoice_payment": "inpay",
    "payment_method": "pm",
    "event": "evt",
    "payout": "po",
    "item": "li",
    "billing_portal.session": "bps",
    "webhook_endpoint": "we",
}
# Lists that Stripe leaves out until they are asked for.
EXPANDED_ONLY = {"refunds", "payments", "line_items", "deleted", "test_clock"}
NO_TAX = {"enabled": False, "liability": None, "provider": None, "status": None}
ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
NOBODY = {"address": ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}
DEFAULTS = {
    "checkout.session": {
        "automatic_tax": NO_TAX,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "metadata": {},
        "payment_method_types": ["card", "us_bank_account"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "payment_method_collection": "if_required",
    },
    "payment_intent": {
        "amount_capturable": 0,
        "amount_received": 0,
        "amount_details": {"tip": {}},
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "metadata": {},
        "payment_method_types": ["card"],
    },
    "charge": {
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": NOBODY,
        "captured": True,
        "disputed": False,
        "fraud_details": {},
        "metadata": {},
        "paid": False,
        "refunded": False,
    },
    "refund": {"metadata": {}},
    "dispute": {
        "balance_transactions": [],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "is_charge_refundable": False,
        "metadata": {},
    },
    "balance_transaction": {"balance_type": "payments", "fee": 0, "fee_details": [], "status": "pending"},
    "subscription": {
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_mode": {"type": "flexible", "flexible": {"proration_discounts": "included"}},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "metadata": {},
        "status": "active",
    },
    "subscription_item": {"discounts": [], "metadata": {}, "quantity": 1, "tax_rates": []},
    "price": {"active": True, "billing_scheme": "per_unit", "metadata": {}, "tax_behavior": "unspecified"},
    "product": {"active": True, "images": [], "marketing_features": [], "metadata": {}, "type": "service"},
    "customer": {
        "balance": 0,
        "delinquent": False,
        "invoice_settings": dict.fromkeys(
            ("custom_fields", "default_payment_method", "footer", "rendering_options")
        ),
        "metadata": {},
        "preferred_locales": [],
    },
    "invoice": {
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {"disabled_reason": None, **NO_TAX},
        "collection_method": "charge_automatically",
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "metadata": {},
        "payment_settings": dict.fromkeys(
            ("default_mandate", "payment_method_options", "payment_method_types")
        ),
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "open",
        "status_transitions": dict.fromkeys(
            ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
        ),
    },
    "line_item": {"discountable": True, "discounts": [], "metadata": {}, "quantity": 1},
    "invoice_payment": {"is_default": True, "status": "open"},
    "payment_method": {"billing_details": NOBODY, "metadata": {}},
    "payout": {
        "automatic": True,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "completed",
        "source_type": "card",
        "status": "paid",
        "type": "bank_account",
    },
    "item": {"amount_discount": 0, "amount_tax": 0, "quantity": 1},
    "webhook_endpoint": {"enabled_events": ["*"], "metadata": {}, "status": "enabled"},
}


@functools.cache
def fields_of(kind: str) -> dict[str, object]:
    """Each field of a kind with its type, as the SDK's class states it."""
    cls = _object_classes.get_object_class("V1", kind)
    return {
        name: hint for name, hint in vars(cls).get("__annotations__", {}).items() if name != "OBJECT_NAME"
    }


@functools.cache
def nullable(kind: str) -> tuple[str, ...]:
    fields = fields_of(kind).items()
    return tuple(n for n, hint in fields if type(None) in typing.get_args(hint) and n not in EXPANDED_ONLY)


def new_id(kind: str) -> str:
    """Opaque, with Stripe's prefix, and never the same again, not even after the file was deleted."""
    return f"{PREFIXES[kind]}_{secrets.token_hex(12)}"


def blank(kind: str) -> dict:
    """A new object: id, nulls, defaults. The caller adds what it is about."""
    obj = dict.fromkeys(nullable(kind)) if kind != "event" else {}
    obj |= {"id": new_id(kind), "object": kind} | deepcopy(DEFAULTS.get(kind, {}))
    if "livemode" in fields_of(kind):
        obj["livemode"] = False
    return obj


def listed(data: list[dict], url: str, has_more: bool = False) -> dict:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
