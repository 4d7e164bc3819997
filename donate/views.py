"""Giving: the campaign's form takes its POST here, and the way back from Stripe ends here."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.views import serve

from donate import (
    attempts,
    campaigns,
    checkout,
    contexts,
    converge,
    gateway,
    money,
    origins,
    protection,
    visits,
)
from donate.attribution import read_token
from donate.forms import GiveForm, switched_form
from donate.models import CampaignPage, Checkout, Gift
from donate.models.choices import Frequency
from home.network import client_network
from home.publication import public_pages

log = logging.getLogger(__name__)


@csrf_exempt  # the form sets no cookie: origins.is_own_form takes the cookie's place
@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """A campaign below the give page. What is not public goes Wagtail's own way: login, redirect or 404."""
    page = public_pages(CampaignPage).filter(slug=slug).first()
    if page is None:
        return serve(request, request.path_info.lstrip("/"))
    if request.method == "GET":
        visits.note(page, read_token(request.GET.get("from")))
    if request.method != "POST":
        return page.serve(request)
    return give(request, page)


def give(request: HttpRequest, page: CampaignPage) -> HttpResponse:
    """303 to Stripe's payment page, or the form again, filled in as it was, with a sentence that says why."""
    if not origins.is_own_form(request):
        return again(request, page, GiveForm(page, request.POST), 403, _("The form came from another site."))
    if "switch" in request.POST:
        return again(request, page, switched_form(page, request.POST), 200)
    form = GiveForm(page, request.POST)
    if not campaigns.is_open(page):
        return again(request, page, form, 409, _("This campaign takes no gifts at the moment."))
    if not form.is_valid():
        return again(request, page, form, 400)
    try:
        address = begin(request, page, form)
    except protection.Limited as refusal:
        return again(request, page, with_own_attempt(form), 429, limited_sentence(refusal.reason))
    except gateway.Refused:
        return again(request, page, form, 502, _("The payment page could not be opened. Please try again."))
    except gateway.GatewayError:
        sentence = _("The payment service does not answer at the moment. Please try again in a minute.")
        return again(request, page, form, 503, sentence)
    response = HttpResponse(status=303)
    response["Location"] = address
    return response


def begin(request: HttpRequest, page: CampaignPage, form: GiveForm) -> str:
    data = form.cleaned_data
    protection.check_person(data["attempt"], data["website"])
    with gateway.within(gateway.DONOR_SECONDS):
        return checkout.start(
            page,
            form.choice(),
            read_token(data["from"]),
            attempts.read(data["attempt"]),
            admit=lambda: protection.admit(data["email"], client_network(request)),
        )


def again(
    request: HttpRequest, page: CampaignPage, form: GiveForm, status: int, problem: str = ""
) -> HttpResponse:
    context = page.get_context(request) | contexts.form_context(page, form) | {"problem": problem}
    return render(request, page.get_template(request), context, status=status)


def with_own_attempt(form: GiveForm) -> GiveForm:
    """A form that was not rendered by us becomes one that was, so that a person can simply send it again."""
    if attempts.seconds_open(form.data.get("attempt")) is None:
        form.data = form.data.copy()
        form.data["attempt"] = attempts.make()
    return form


def limited_sentence(reason: str) -> str:
    if reason == "quick":
        return _("That was quicker than anybody can read. Please look at your gift and send it again.")
    if reason == "machine":
        return _("A field that must stay empty was filled in. Please send the form again.")
    return _("Too many gifts were begun in a short time. Please try again in an hour, or write to us.")


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Asks Stripe what became of the session. Shows amount and campaign, and nothing about the donor."""
    context = {"state": "unknown", "goal": None}
    session_id = request.GET.get("session_id", "")
    row = (
        Checkout.objects.filter(stripe_checkout_session_id=session_id).first() if is_id(session_id) else None
    )
    if row is not None:
        context |= outcome(row)
    return render(request, "donate/thanks.html", context)


def is_id(text: str) -> bool:
    return text.startswith("cs_") and len(text) <= 255 and text.replace("_", "").isalnum() and text.isascii()


def outcome(row: Checkout) -> dict:
    """What the page says about a checkout of ours, after converging it; Stripe silent: what we know."""
    try:
        with gateway.within(gateway.DONOR_SECONDS):
            converge.converge("session", row.stripe_checkout_session_id)
    except (gateway.GatewayError, converge.NotOurs) as error:
        log.warning("A payment page could not be looked up: %s", error)
    row.refresh_from_db()
    gift = Gift.objects.filter(checkout=row).order_by("created_at", "pk").first()
    state = state_of(row, gift)
    if state not in ("received", "processing"):
        return {"state": state, "campaign": row.campaign}
    is_monthly = row.frequency != Frequency.ONCE
    return {
        "state": state,
        "campaign": row.campaign,
        "goal": campaigns.goal_of(row.campaign),
        "amount_display": money.display(row.amount_minor + row.fee_cover_minor, row.currency),
        "gift_display": frequency_sentence(row),
        "fee_display": money.display(row.fee_cover_minor, row.currency) if row.fee_cover_minor else "",
        "offer_monthly": state == "received" and not is_monthly and row.campaign.offers_monthly,
    }


def state_of(row: Checkout, gift: Gift | None) -> str:
    if gift is not None:
        return "received" if gift.received_at else "failed" if gift.failed_at else "processing"
    if row.state == Checkout.State.COMPLETED:
        return "processing"
    return "failed" if row.state == Checkout.State.EXPIRED else "unknown"


def frequency_sentence(row: Checkout) -> str:
    amount = money.display(row.amount_minor, row.currency)
    if row.frequency == Frequency.MONTHLY:
        return _("%(amount)s each month") % {"amount": amount}
    if row.frequency == Frequency.ANNUAL:
        return _("%(amount)s each year") % {"amount": amount}
    return _("%(amount)s, once") % {"amount": amount}
