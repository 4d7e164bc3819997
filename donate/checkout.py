"""From a checked form to Stripe's payment page. The row is written and committed before Stripe is called.

What goes to Stripe is a pure function of the row, so that a try whose outcome is unknown can be repeated under the same
key and finds the same page.
"""

import hashlib
import json
import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from donate import account, attribution, gateway, money, recovery
from donate.attribution import Attribution, as_fields
from donate.facts import SessionFacts
from donate.forms import Choice
from donate.models import CampaignPage, Checkout
from donate.models.choices import Frequency

log = logging.getLogger(__name__)

OPEN_FOR = timedelta(hours=23)  # Stripe allows 24, by its own clock
LEAST_AHEAD = timedelta(minutes=40)  # when a page is made; Stripe wants half an hour
PRODUCT_KNOWN = 24 * 3600  # seconds
STILL_USEFUL = timedelta(minutes=5)  # of a page that is open
INTERVAL = {Frequency.MONTHLY: "month", Frequency.ANNUAL: "year"}


def start(
    campaign: CampaignPage,
    choice: Choice,
    source: Attribution,
    attempt: str,
    admit: Callable[[], None] = lambda: None,
) -> str:
    """Where the donor goes now: the payment page, or the thank-you page if this very gift is paid.

    The same attempt with the same content is the same checkout; with other content its open page is closed first.
    `admit` is asked before a new checkout begins, and may raise. Gateway errors come through; nothing is lost by them.
    """
    digest = content_digest(campaign, choice, source)
    for _try in range(3):
        row = Checkout.objects.filter(attempt=attempt).first()
        if row is not None:
            address = go_on(row, digest)
            if address:
                return address
        try:
            row = begin(campaign, choice, source, attempt, digest, replaces=row, admit=admit)
        except IntegrityError:
            continue  # the same form, sent twice at once: the other one has begun
        return open_page(row)
    raise gateway.Busy("attempt_contended")


def content_digest(campaign: CampaignPage, choice: Choice, source: Attribution) -> str:
    content = [campaign.pk, choice.as_fields(), [source.page_id, source.placement, source.label]]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def go_on(row: Checkout, digest: str) -> str:
    """The address for a form that was sent before; empty where a new checkout is to begin."""
    if row.state == Checkout.State.COMPLETED:
        return thanks_address(row.stripe_checkout_session_id)
    if row.state == Checkout.State.EXPIRED:
        return ""
    left, same = row.expires_at - timezone.now(), row.content_digest == digest
    if not row.stripe_checkout_session_id:
        return open_page(row) if same and left > LEAST_AHEAD else ""
    if not same or left < STILL_USEFUL:
        return close_page(row)
    try:
        status = gateway.get_session(row.stripe_checkout_session_id).status
    except gateway.GatewayError:
        status = "open"  # the page itself will tell
    if status == "complete":
        return thanks_address(row.stripe_checkout_session_id)
    return row.payment_url if status == "open" else ""


def close_page(row: Checkout) -> str:
    """Expires the page of the earlier content; the thank-you page if it was paid in the meantime."""
    try:
        gateway.expire_session(row.stripe_checkout_session_id)
    except gateway.NotFound:
        return ""
    except gateway.Refused:
        if gateway.get_session(row.stripe_checkout_session_id).status == "complete":
            return thanks_address(row.stripe_checkout_session_id)
    return ""


def begin(
    campaign: CampaignPage,
    choice: Choice,
    source: Attribution,
    attempt: str,
    digest: str,
    replaces: Checkout | None,
    admit: Callable[[], None],
) -> Checkout:
    """A new row, committed; the row that it replaces gives the attempt away."""
    admit()
    fields = as_fields(source)
    with transaction.atomic():
        if replaces is not None:
            Checkout.objects.filter(pk=replaces.pk, attempt=attempt).update(
                attempt=uuid.uuid4().hex, state=Checkout.State.EXPIRED, payment_url=""
            )
        return Checkout.objects.create(
            livemode=account.is_live(),
            campaign=campaign,
            attempt=attempt,
            content_digest=digest,
            idempotency_key=new_key(),
            expires_at=timezone.now() + OPEN_FOR,
            **choice.as_fields(),
            **fields,
        )


def open_page(row: Checkout) -> str:
    """Stripe's payment page for the row: made now, or found again under the row's key."""
    try:
        session = create(row)
    except (gateway.Refused, gateway.Busy) as error:
        # A definite answer would be played back under the same key for ever. (Without one, the key is kept.)
        renew_key(row)
        log.error("A payment page was refused: %s", error)
        raise
    except gateway.Unavailable as error:
        log.error("No payment page, and no answer: %s", error)
        raise
    Checkout.objects.filter(pk=row.pk).update(stripe_checkout_session_id=session.id, payment_url=session.url)
    return session.url or thanks_address(session.id)


def create(row: Checkout) -> SessionFacts:
    """The product is made before the session, so that the session's key is used for one question only."""
    make_product(row)
    try:
        return gateway.create_session(params_of(row), row.idempotency_key)
    except gateway.NotFound as error:
        if "product" not in error.param:
            raise
    # It was there once, and somebody deleted it.
    make_product(row, anew=True)
    renew_key(row)
    row.refresh_from_db(fields=["idempotency_key"])
    return gateway.create_session(params_of(row), row.idempotency_key)


def make_product(row: Checkout, anew: bool = False) -> None:
    known = f"product-{row.livemode}-{product_id(row.campaign)}"
    if anew or not cache.get(known):
        gateway.create_product(product_id(row.campaign), row.campaign.title)
        cache.set(known, 1, PRODUCT_KNOWN)


def renew_key(row: Checkout) -> None:
    """Where several requests were refused at once, the first one's new key is everybody's."""
    Checkout.objects.filter(pk=row.pk, idempotency_key=row.idempotency_key).update(idempotency_key=new_key())


def new_key() -> str:
    """Random, for serial numbers come back after a restore and would meet Stripe's stored answers."""
    return f"checkout-{uuid.uuid4().hex}"


# What Stripe is told ----------------------------------------------------------------------------------


def params_of(row: Checkout) -> dict:
    about = recovery.metadata_of(row)
    title = row.campaign.title
    price = {
        "currency": row.currency,
        "unit_amount": row.amount_minor + row.fee_cover_minor,
        "product": product_id(row.campaign),
    }
    params = {
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "locale": "auto",
        "adaptive_pricing": {"enabled": False},
        "client_reference_id": str(row.public_id),
        "customer_email": row.email,
        "success_url": settings.SITE_URL + reverse("donate:thanks") + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": cancel_address(row),
        "expires_at": int(row.expires_at.timestamp()),
        "metadata": about,
        "line_items": [{"quantity": 1, "price_data": price}],
    }
    if row.fee_cover_minor:
        params["custom_text"] = {"submit": {"message": fee_sentence(row)}}
    if row.frequency == Frequency.ONCE:
        data = {"description": title[:500], "metadata": about}
        if row.campaign.statement_suffix:
            data["statement_descriptor_suffix"] = row.campaign.statement_suffix
        return params | {"mode": "payment", "payment_intent_data": data}
    price["recurring"] = {"interval": INTERVAL[row.frequency]}
    data = {"description": title[:500], "metadata": about}
    return params | {"mode": "subscription", "subscription_data": data}


def fee_sentence(row: Checkout) -> str:
    return _("%(gift)s is your gift, %(fee)s covers the card fee.") % {
        "gift": money.display(row.amount_minor, row.currency),
        "fee": money.display(row.fee_cover_minor, row.currency),
    }


def product_id(campaign: CampaignPage) -> str:
    """One product at Stripe for a campaign and its name, the same wherever this page's database goes."""
    name = hashlib.sha256(campaign.title.encode()).hexdigest()[:8]
    return f"campaign_{campaign.translation_key.hex}_{name}"


def thanks_address(session_id: str) -> str:
    return reverse("donate:thanks") + "?" + urlencode({"session_id": session_id})


def cancel_address(row: Checkout) -> str:
    """Back to the form with frequency, amount, currency and the story's token; nothing of the donor."""
    source = Attribution(row.source_page_id or 0, row.source_region_id or 0, row.placement, row.label)
    query = {
        "frequency": row.frequency,
        "amount": money.typed(row.amount_minor, row.currency),
        "currency": row.currency,
        "cancelled": "1",
    }
    if source:
        query["from"] = attribution.make_token(source, timezone.localdate(row.created_at))
    return f"{attribution.address_of(row.campaign)}?{urlencode(query)}"
