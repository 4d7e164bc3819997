"""Requests against the SDK's own types, and Stripe's rules that no type states: modes, amounts, lengths."""

import functools
import re
import sys
import types
import typing
from urllib.parse import urlsplit

import stripe
import typing_extensions
from pydantic import TypeAdapter, ValidationError
from stripe import _request_options

from donate.sandbox.errors import Refusal

MINIMUMS = {"gbp": 30, "aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "hkd": 400, "huf": 17500, "jpy": 50, "mxn": 1000,
            "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000, "kwd": 200}  # fmt: skip
MINIMUM, MAXIMUM = 50, 99_999_999
THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}
NOT_IN_SUBSCRIPTION = ("payment_intent_data", "customer_creation", "invoice_creation", "setup_intent_data")
NOT_IN_PAYMENT = ("subscription_data", "payment_method_collection", "setup_intent_data")
EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")

# The SDK's types, closed: no unknown key, no unknown word in a list of words ----------------------


def close(hint):
    origin, args = typing_extensions.get_origin(hint), typing_extensions.get_args(hint)
    if typing_extensions.is_typeddict(hint):
        return closed(hint)
    if origin in (typing_extensions.NotRequired, list):
        return origin[close(args[0])]
    if origin is dict:
        return dict[str, close(args[1])]
    if origin not in (typing.Union, types.UnionType):
        return hint
    args = [
        a
        for a in args
        if getattr(typing_extensions.get_origin(a), "__module__", "") != "stripe._stripe_object"
    ]
    words = any(
        typing_extensions.get_origin(a) is typing.Literal and typing_extensions.get_args(a) != ("",)
        for a in args
    )
    return typing.Union[tuple(close(a) for a in args if not (words and a is str))]  # noqa: UP007 - built at run time


@functools.cache
def closed(typed_dict):
    names = vars(_request_options) | vars(sys.modules[typed_dict.__module__]) | {"StripeContext": str}
    hints = typing_extensions.get_type_hints(typed_dict, names, include_extras=True)
    options = _request_options.RequestOptions.__annotations__
    new = typing_extensions.TypedDict(
        typed_dict.__name__, {name: close(hint) for name, hint in hints.items() if name not in options}
    )
    new.__pydantic_config__ = {"extra": "forbid"}
    return new


@functools.cache
def adapter(name: str) -> TypeAdapter:
    """For `checkout.SessionCreateParams` and the like, as they lie below `stripe.params`."""
    found = stripe.params
    for part in name.split("."):
        found = getattr(found, part)
    return TypeAdapter(closed(found))


def params(name: str, raw: dict) -> dict:
    """The decoded form in the types of the SDK (numbers become numbers), or a refusal that names the parameter."""
    try:
        return adapter(name).validate_python(raw)
    except ValidationError as error:
        raise refusal(error.errors()[0]) from None


def refusal(fault: dict) -> Refusal:
    inside = [
        str(p)
        for p in fault["loc"]
        if not re.search(r"[\[({|]|^[A-Z]|Params|literal|^(str|int|bool|dict)$", str(p))
    ]
    param = (inside[0] if inside else "") + "".join(f"[{part}]" for part in inside[1:])
    if fault["type"] == "extra_forbidden":
        return Refusal(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")
    if fault["type"] == "missing":
        return Refusal(f"Missing required param: {param}.", param=param, code="parameter_missing")
    return Refusal(f"Invalid {param}: {fault['msg']}", param=param, code="parameter_invalid")


# Rules ----------------------------------------------------------------------------------------------


def amount(minor: int, currency: str, param: str = "amount") -> None:
    if not re.fullmatch("[a-z]{3}", currency):
        raise Refusal(f"Invalid currency: {currency}.", param="currency", code="currency_invalid")
    if minor < MINIMUMS.get(currency, MINIMUM):
        raise Refusal(
            "The amount is below the smallest that can be charged.", param=param, code="amount_too_small"
        )
    if minor > MAXIMUM:
        raise Refusal("The amount is above 99999999.", param=param, code="amount_too_large")
    if currency in THREE_DECIMALS and minor % 10:
        raise Refusal(
            "The last digit of the amount must be 0.", param=param, code="parameter_invalid_integer"
        )


def metadata(values: dict | str | None, param: str = "metadata") -> None:
    if not values:
        return
    if len(values) > 50:
        raise Refusal("Metadata can have up to 50 keys.", param=param)
    for key, value in values.items():
        if len(key) > 40 or "[" in key or "]" in key:
            raise Refusal("Metadata keys have up to 40 characters and no brackets.", param=param)
        if len(value) > 500:
            raise Refusal("Metadata values have up to 500 characters.", param=f"{param}[{key}]")


def address(url: str, param: str) -> None:
    """An http(s) address with a host; {CHECKOUT_SESSION_ID} is part of one."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 5000 or " " in url:
        raise Refusal("Not a valid URL", param=param, code="url_invalid")


def email(value: str | None, param: str) -> None:
    if value and (len(value) > 512 or not EMAIL.fullmatch(value)):
        raise Refusal(f"Invalid email address: {value}", param=param, code="email_invalid")


def statement_suffix(value: str | None) -> None:
    if value and (
        len(value) > 22 or re.search(r"[<>\\'\"*]|[^ -~]", value) or not re.search("[A-Za-z]", value)
    ):
        raise Refusal(
            "The statement descriptor suffix is invalid.",
            param="payment_intent_data[statement_descriptor_suffix]",
        )


def expansions(paths: list[str]) -> None:
    for path in paths:
        if len(path.split(".")) > 4:
            raise Refusal(
                "You cannot expand more than 4 levels of a property.", param="expand", code="expand_too_deep"
            )


def session(params: dict, now: int) -> None:
    """What a checkout session must be, beyond its types."""
    mode = params.get("mode", "payment")
    forbidden = {"subscription": NOT_IN_SUBSCRIPTION, "payment": NOT_IN_PAYMENT}.get(mode)
    if forbidden is None:
        raise Refusal("The sandbox knows the modes payment and subscription.", param="mode")
    for name in forbidden:
        if name in params:
            raise Refusal(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refusal("The sandbox knows the hosted page only.", param="ui_mode")
    if not params.get("success_url"):
        raise Refusal("Missing required param: success_url.", param="success_url", code="parameter_missing")
    for name in ("success_url", "cancel_url"):
        if params.get(name):
            address(params[name], name)
    if sum(name in params for name in ("customer", "customer_email", "customer_account")) > 1:
        raise Refusal(
            "You may only specify one of customer, customer_account, customer_email.", param="customer"
        )
    email(params.get("customer_email"), "customer_email")
    if len(params.get("client_reference_id", "")) > 200:
        raise Refusal("client_reference_id has up to 200 characters.", param="client_reference_id")
    if not 1800 <= params.get("expires_at", now + 86400) - now <= 86400:
        raise Refusal("`expires_at` must be between 30 minutes and 24 hours from now.", param="expires_at")
    metadata(params.get("metadata"))
    for name in ("payment_intent_data", "subscription_data"):
        metadata(params.get(name, {}).get("metadata"), f"{name}[metadata]")
    statement_suffix(params.get("payment_intent_data", {}).get("statement_descriptor_suffix"))
    items(params.get("line_items") or [], mode)


def items(lines: list[dict], mode: str) -> None:
    if not 0 < len(lines) <= (100 if mode == "payment" else 40):
        raise Refusal("Missing required param: line_items.", param="line_items", code="parameter_missing")
    for place, line in enumerate(lines):
        where = f"line_items[{place}]"
        if ("price" in line) == ("price_data" in line):
            raise Refusal("Exactly one of price and price_data is needed.", param=where)
        if line.get("quantity", 1) < 1:
            raise Refusal("This value must be greater than or equal to 1.", param=f"{where}[quantity]")
        if "price_data" in line:
            price_data(line["price_data"], mode, f"{where}[price_data]")
    if mode == "subscription" and not any(
        "price" in line or "recurring" in line["price_data"] for line in lines
    ):
        raise Refusal(
            "You must provide at least one recurring price in `subscription` mode.", param="line_items"
        )


def price_data(data: dict, mode: str, where: str) -> None:
    if ("product" in data) == ("product_data" in data):
        raise Refusal("Exactly one of product and product_data is needed.", param=where)
    if mode == "payment" and "recurring" in data:
        raise Refusal("You specified `payment` mode but passed a recurring price.", param=where)
    if "unit_amount" not in data:
        raise Refusal(
            "Missing required param: unit_amount.", param=f"{where}[unit_amount]", code="parameter_missing"
        )
    amount(data["unit_amount"], data["currency"], f"{where}[unit_amount]")
