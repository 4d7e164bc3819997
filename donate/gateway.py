"""The only place that speaks with Stripe. Answers in our own dataclasses, raises our own errors, ends in time.

The SDK bounds each read, so that an answer which drips one byte a second would hold us as long as it drips; and it
makes no second try unless told to. Hence: a timeout for each read, two further tries, and around all of it a deadline.
"""

import json
import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import stripe
from django.conf import settings

from donate import readings
from donate.facts import (
    DisputeFacts,
    InvoiceFacts,
    Notice,
    PaymentFacts,
    RefundFacts,
    SessionFacts,
    SubscriptionFacts,
)

log = logging.getLogger(__name__)

API_VERSION = "2026-10-28.endive"
TIMEOUT = (3.05, 8)  # seconds: to connect, for each read
RETRIES = 2
DONOR_SECONDS = 9.0  # for all that one donor waits for
WORKER_SECONDS = 25.0  # for one call that nobody waits for
AT_ONCE = 24  # calls; beyond it Stripe is taken for down, and our threads stay free for readers
TOLERANCE = 300  # seconds between Stripe's clock and ours, either way
PAGE = 100

stripe.enable_telemetry = False
stripe.set_app_info("Dateline", version="1.0")

T = TypeVar("T")
_until: ContextVar[float | None] = ContextVar("gateway_deadline", default=None)
_places = threading.BoundedSemaphore(AT_ONCE)


class GatewayError(Exception):
    """`code` is Stripe's, `request_id` for Stripe's support; neither says anything about a donor."""

    def __init__(self, code: str = "", request_id: str = "", param: str = ""):
        super().__init__(f"{type(self).__name__} {code} {request_id}".strip())
        self.code, self.request_id, self.param = code, request_id, param


class Refused(GatewayError):
    """Stripe said no, for good: the same request gets the same answer."""


class NotFound(Refused):
    """There is no such object under our key."""


class Busy(GatewayError):
    """Stripe answered that it cannot now. Nothing was done."""


class Unavailable(GatewayError):
    """No answer, or no sense in it. Whether the work was done is unknown."""


class NotStripes(Exception):  # noqa: N818 - a finding, not a failure
    """A delivery that is not Stripe's, or that nobody can read. `event_id`: what it claims to be, if it looks right."""

    def __init__(self, reason: str, event_id: str = ""):
        super().__init__(reason)
        self.event_id = event_id


# Calling ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> stripe.StripeClient:
    options: dict[str, Any] = {"base_addresses": {"api": base}} if base else {}
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        **options,
    )


def client() -> stripe.StripeClient:
    """One for the process; `requests` sessions inside are one for each thread."""
    if not settings.STRIPE_SECRET_KEY:
        raise Unavailable("no_key")
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@contextmanager
def within(seconds: float = DONOR_SECONDS) -> Iterator[None]:
    """All calls inside share one deadline: somebody is waiting."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def call(work: Callable[[stripe.StripeClient], T]) -> T:
    """Runs `work` with the client; our errors for Stripe's, and Unavailable when the time is over."""
    until = _until.get() or time.monotonic() + WORKER_SECONDS
    speaker = client()
    if not _places.acquire(blocking=False):
        raise Unavailable("too_many_calls")
    answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((work(speaker), None))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            answers.put((None, error))
        finally:
            _places.release()

    threading.Thread(target=run, daemon=True, name="stripe").start()
    try:
        answer, error = answers.get(timeout=max(0.05, until - time.monotonic()))
    except queue.Empty:
        raise Unavailable("deadline") from None
    if error is None:
        return answer
    if isinstance(error, stripe.StripeError):
        raise ours(error) from None  # Stripe's text may hold what the donor typed
    raise error


def ours(error: stripe.StripeError) -> GatewayError:
    status, body = error.http_status or 0, error.json_body
    said = body.get("error") if isinstance(body, dict) and isinstance(body.get("error"), dict) else {}
    about = {
        "code": str(said.get("code") or said.get("type") or type(error).__name__),
        "request_id": error.request_id or "",
        "param": str(said.get("param") or ""),
    }
    if isinstance(error, stripe.APIConnectionError) or not said:
        return Unavailable(**about)
    if status == 404 or about["code"] == "resource_missing":
        return NotFound(**about)
    if status in (409, 429) or status >= 500:
        return Busy(**about)
    return Refused(**about)


# Asking -----------------------------------------------------------------------------------------------

PAYMENT = ["latest_charge.balance_transaction", "latest_charge.refunds.data.balance_transaction"]
PAYMENT_PATHS = [*PAYMENT, "latest_charge.refunds.data.failure_balance_transaction"]
SESSION_PATHS = ["payment_intent.latest_charge.balance_transaction", "payment_intent.latest_charge.refunds"]
REFUND_PATHS = ["balance_transaction", "failure_balance_transaction"]


def get_session(id: str) -> SessionFacts:
    """With its payment, down to fee and refunds, for a one-off gift."""
    found = readings.session(
        call(lambda c: c.v1.checkout.sessions.retrieve(id, params={"expand": SESSION_PATHS}))
    )
    payment = found.payment
    if payment and payment.charge and (payment.charge.refunds or payment.charge.is_disputed):
        return replace(found, payment=get_payment(payment.intent_id))
    return found


def get_payment(id: str) -> PaymentFacts:
    """A payment intent with its charge, refunds and disputes."""
    intent = call(lambda c: c.v1.payment_intents.retrieve(id, params={"expand": PAYMENT_PATHS}))
    charge = readings.part(intent, "latest_charge")
    refunds = None
    if readings.part(charge, "refunds", "has_more"):
        refunds = _all(
            lambda c: c.v1.refunds.list(
                params={
                    "payment_intent": id,
                    "limit": PAGE,
                    "expand": [f"data.{path}" for path in REFUND_PATHS],
                }
            )
        )
    disputes = ()
    if readings.part(charge, "disputed"):
        rows = _all(lambda c: c.v1.disputes.list(params={"payment_intent": id, "limit": PAGE}))
        disputes = tuple(readings.dispute(row) for row in rows)
    return readings.payment(intent, refunds, disputes)


def get_invoice(id: str) -> InvoiceFacts:
    return readings.invoice(call(lambda c: c.v1.invoices.retrieve(id, params={"expand": ["payments"]})))


def get_subscription(id: str) -> SubscriptionFacts:
    params = {"expand": ["default_payment_method"]}
    return readings.subscription(call(lambda c: c.v1.subscriptions.retrieve(id, params=params)))


def get_dispute(id: str) -> DisputeFacts:
    return readings.dispute(call(lambda c: c.v1.disputes.retrieve(id)))


def get_refund(id: str) -> RefundFacts:
    return readings.refund(call(lambda c: c.v1.refunds.retrieve(id, params={"expand": REFUND_PATHS})))


def intent_of_charge(id: str) -> str | None:
    return readings.id_of(readings.part(call(lambda c: c.v1.charges.retrieve(id)), "payment_intent"))


def invoice_of_intent(id: str) -> str | None:
    """The invoice that a payment belongs to, or None."""
    payment = {"type": "payment_intent", "payment_intent": id}
    found = call(lambda c: c.v1.invoice_payments.list(params={"payment": payment, "limit": 1})).data
    return readings.id_of(found[0].invoice) if found else None


def session_of_intent(id: str) -> str | None:
    found = call(lambda c: c.v1.checkout.sessions.list(params={"payment_intent": id, "limit": 1})).data
    return found[0].id if found else None


def session_of_subscription(id: str) -> str | None:
    found = call(lambda c: c.v1.checkout.sessions.list(params={"subscription": id, "limit": 1})).data
    return found[0].id if found else None


def _all(work: Callable[[stripe.StripeClient], Any]) -> list[Any]:
    return call(lambda c: list(work(c).auto_paging_iter()))


# Listing, page by page -----------------------------------------------------------------------------------


def pages(fetch: Callable[[stripe.StripeClient, dict], Any], params: dict) -> Iterator[Any]:
    """Every object of a list, newest first; a call for each hundred."""
    params = {"limit": PAGE} | params
    while True:
        page = call(lambda c, asked=dict(params): fetch(c, asked))
        yield from page.data
        if not page.has_more:
            return
        params["starting_after"] = page.data[-1].id


def read_all(reader: Callable[[Any], T], rows: Iterator[Any]) -> Iterator[T]:
    """One object that nobody can read does not hide the others."""
    for row in rows:
        try:
            yield reader(row)
        except (AttributeError, TypeError, KeyError, ValueError) as error:
            log.error(
                "An object of Stripe's cannot be read: %s %s", getattr(row, "id", ""), type(error).__name__
            )


def created(since: datetime | None, until: datetime | None = None) -> dict:
    window = {}
    if since:
        window["gte"] = int(since.timestamp())
    if until:
        window["lt"] = int(until.timestamp())
    return {"created": window} if window else {}


def sessions(since: datetime | None = None) -> Iterator[SessionFacts]:
    rows = pages(lambda c, p: c.v1.checkout.sessions.list(params=p), created(since))
    return read_all(readings.session, rows)


def payments(since: datetime | None = None, until: datetime | None = None) -> Iterator[PaymentFacts]:
    """Without refunds and disputes: these have lists of their own."""
    params = created(since, until) | {"expand": ["data.latest_charge.balance_transaction"]}
    return read_all(readings.payment, pages(lambda c, p: c.v1.payment_intents.list(params=p), params))


def refunds(since: datetime | None = None, until: datetime | None = None) -> Iterator[RefundFacts]:
    params = created(since, until) | {"expand": [f"data.{path}" for path in REFUND_PATHS]}
    return read_all(readings.refund, pages(lambda c, p: c.v1.refunds.list(params=p), params))


def disputes(since: datetime | None = None, until: datetime | None = None) -> Iterator[DisputeFacts]:
    return read_all(readings.dispute, pages(lambda c, p: c.v1.disputes.list(params=p), created(since, until)))


def invoices(since: datetime | None = None, until: datetime | None = None) -> Iterator[InvoiceFacts]:
    params = created(since, until) | {"expand": ["data.payments"]}
    return read_all(readings.invoice, pages(lambda c, p: c.v1.invoices.list(params=p), params))


def subscriptions(since: datetime | None = None) -> Iterator[SubscriptionFacts]:
    params = created(since) | {"status": "all"}
    return read_all(readings.subscription, pages(lambda c, p: c.v1.subscriptions.list(params=p), params))


# Acting -----------------------------------------------------------------------------------------------


def create_session(params: dict, key: str) -> SessionFacts:
    """A hosted payment page. The same `key` with the same `params` is the same page, however often it is asked."""
    return readings.session(
        call(lambda c: c.v1.checkout.sessions.create(params=params, options={"idempotency_key": key}))
    )


def expire_session(id: str) -> SessionFacts:
    """Closes an open payment page; Refused where it is open no more."""
    return readings.session(call(lambda c: c.v1.checkout.sessions.expire(id)))


def create_product(id: str, name: str) -> None:
    """The name that donors and the dashboard see. One that exists already is as good."""
    try:
        call(lambda c: c.v1.products.create(params={"id": id, "name": name}))
    except Refused as error:
        if error.code != "resource_already_exists":
            raise


def create_refund(intent_id: str, amount_minor: int | None, reason: str, key: str) -> RefundFacts:
    """Gives back `amount_minor`, or all that is left."""
    params: dict[str, Any] = {"payment_intent": intent_id, "expand": REFUND_PATHS}
    if amount_minor is not None:
        params["amount"] = amount_minor
    if reason:
        params["reason"] = reason
    return readings.refund(
        call(lambda c: c.v1.refunds.create(params=params, options={"idempotency_key": key}))
    )


# Webhooks ---------------------------------------------------------------------------------------------


def read_notice(body: bytes, header: str | None) -> Notice:
    """A delivery in either of Stripe's formats, once a secret of ours has signed it; else NotStripes."""
    if not header or len(header) > 2000 or not header.isascii():
        raise NotStripes("no signature")
    try:
        text = body.decode()
        if not any(_signed(text, header, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS if secret):
            raise NotStripes("wrong signature", claimed_id(text, header))
        return readings.notice(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise NotStripes(type(error).__name__) from None


def _signed(text: str, header: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(text, header, secret, TOLERANCE)
    except stripe.SignatureVerificationError:
        return False
    # The SDK refuses what is old; a clock far ahead of ours is as wrong.
    stamp = re.search(r"(?:^|,)t=(\d{1,12})(?:,|$)", header)
    return bool(stamp) and int(stamp[1]) <= time.time() + TOLERANCE


def claimed_id(text: str, header: str) -> str:
    """The event's id of a delivery that looks like Stripe's in all but the secret; anybody can write such a one."""
    stamp = re.fullmatch(r"t=(\d{1,12})(?:,v[01]=[0-9a-f]{64})+", header.replace(" ", ""))
    named = re.match(r'\s*\{\s*"id":\s*"(evt_\w{8,250})"', text, re.ASCII)
    return named[1] if stamp and named and abs(time.time() - int(stamp[1])) <= TOLERANCE else ""
