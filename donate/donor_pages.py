"""The pages below /giving/ that belong to one donor. No password, no session: a link by mail, then a cookie for an hour."""

import logging

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donate import campaigns, card_links, gateway, giving, money, origins, receipt_paper, signin, statements
from donate.models import Donor, Receipt, RecurringGift
from donate.papers import Paper, day

log = logging.getLogger(__name__)


class AskForm(forms.Form):
    email = forms.EmailField(max_length=254)


# Signing in -------------------------------------------------------------------------------------------------


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """One's own giving; whoever is not signed in asks for a link."""
    if request.method == "POST":
        return ask(request)
    donor = signin.donor_of(request)
    if donor is None:
        return render(request, "donate/giving_ask.html", {"form": AskForm()})
    return render(request, "donate/giving.html", home_context(donor, request.GET))


def ask(request: HttpRequest) -> HttpResponse:
    """The same answer, and the same work, for every address."""
    form = AskForm(request.POST)
    if not origins.is_own_form(request):
        return render(request, "donate/giving_ask.html", {"form": form}, status=403)
    if not form.is_valid():
        return render(request, "donate/giving_ask.html", {"form": form}, status=400)
    signin.ask(form.cleaned_data["email"])
    return render(request, "donate/giving_ask.html", {"asked": True})


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail. It is used up by the button, not by a program that looks at links in mails."""
    if request.method != "POST":
        is_open = signin.is_open(token)
        return render(
            request, "donate/giving_open.html", {"is_open": is_open}, status=200 if is_open else 410
        )
    donor = signin.use(token) if origins.is_own_form(request) else None
    if donor is None:
        return render(request, "donate/giving_open.html", {"is_open": False}, status=410)
    response = redirect("donate:giving")
    signin.remember(response, donor)
    return response


@never_cache
@csrf_exempt
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    response = redirect("donate:giving")
    signin.forget_cookie(response)
    return response


def home_context(donor: Donor, query) -> dict:
    years = giving.years(donor)
    return {
        "donor": donor,
        "years": years,
        "statement_years": set(statements.years_of(donor)),
        "standing": [standing_context(recurring) for recurring in giving.standing(donor)],
        "said": said(donor, query.get("said", ""), query.get("gift", "")),
    }


def standing_context(recurring: RecurringGift) -> dict:
    return {
        "gift": recurring,
        "amount": money.display(recurring.amount_minor, recurring.currency),
        "typed": money.typed(recurring.amount_minor, recurring.currency),
        "next_on": day(recurring.next_gift_at) if recurring.next_gift_at else "",
        "since": day(recurring.started_at),
        "is_paused": recurring.status == RecurringGift.Status.PAUSED,
        "is_ending": recurring.status == RecurringGift.Status.ENDING,
        "is_late": recurring.status == RecurringGift.Status.PAST_DUE,
    }


def said(donor: Donor, word: str, public_id: str) -> str:
    """What was done, as it stands now. The address holds a word and an id, nothing about a person."""
    if word == "card":
        return _("If you gave a new card, it is used from the next gift on.")
    recurring = next((r for r in giving.standing(donor) if r.public_id.hex == public_id), None)
    if word == "stopped":
        return _("Your regular gift has ended. No further gift will be taken.")
    if recurring is None:
        return ""
    values = {
        "campaign": recurring.campaign.title,
        "amount": money.display(recurring.amount_minor, recurring.currency),
        "day": day(recurring.next_gift_at) if recurring.next_gift_at else "",
    }
    sentences = {
        "amount": _("Amount saved. Your next gift to %(campaign)s, on %(day)s, is %(amount)s."),
        "paused": _("Paused. No gift to %(campaign)s is taken until you resume it."),
        "resumed": _("It goes on. Your next gift to %(campaign)s, on %(day)s, is %(amount)s."),
    }
    return sentences[word] % values if word in sentences else ""


# The recurring gift -----------------------------------------------------------------------------------------


@never_cache
@csrf_exempt
@require_POST
def change(request: HttpRequest, public_id, act: str) -> HttpResponse:
    """amount, pause, resume, stop or card, for a recurring gift of the donor who is signed in."""
    donor = signin.donor_of(request)
    if donor is None or not origins.is_own_form(request):
        return redirect("donate:giving")
    recurring = next((r for r in giving.standing(donor) if r.public_id == public_id), None)
    if recurring is None:
        raise Http404
    try:
        return ACTS[act](request, donor, recurring)
    except gateway.GatewayError as error:
        log.warning("A recurring gift could not be changed: %s", error)
        return problem(
            request, donor, _("The payment service does not answer at the moment. Nothing was changed."), 503
        )


def problem(request: HttpRequest, donor: Donor, sentence: str, status: int) -> HttpResponse:
    return render(
        request, "donate/giving.html", home_context(donor, {}) | {"problem": sentence}, status=status
    )


def done(recurring: RecurringGift, word: str) -> HttpResponse:
    response = redirect("donate:giving")
    response["Location"] += f"?said={word}&gift={recurring.public_id.hex}"
    return response


def change_amount(request: HttpRequest, donor: Donor, recurring: RecurringGift) -> HttpResponse:
    try:
        minor = money.parse_amount(request.POST.get("amount", ""), recurring.currency)
    except money.AmountError:
        return problem(request, donor, _("Please write the amount as a number, such as 25 or 25.00."), 400)
    least, most = campaigns.limits(recurring.campaign, recurring.currency)
    if not least <= minor <= most:
        limits = {
            "least": money.display(least, recurring.currency),
            "most": money.display(most, recurring.currency),
        }
        return problem(request, donor, _("The amount must lie between %(least)s and %(most)s.") % limits, 400)
    giving.change_amount(recurring, minor)
    return done(recurring, "amount")


def pause(request: HttpRequest, donor: Donor, recurring: RecurringGift) -> HttpResponse:
    giving.pause(recurring)
    return done(recurring, "paused")


def resume(request: HttpRequest, donor: Donor, recurring: RecurringGift) -> HttpResponse:
    giving.resume(recurring)
    return done(recurring, "resumed")


def stop(request: HttpRequest, donor: Donor, recurring: RecurringGift) -> HttpResponse:
    """Asked twice: the first button leads to a page that says what stopping means."""
    if "sure" not in request.POST:
        return render(request, "donate/giving_stop.html", standing_context(recurring))
    giving.stop(recurring)
    return done(recurring, "stopped")


def new_card(request: HttpRequest, donor: Donor, recurring: RecurringGift) -> HttpResponse:
    return see_other(giving.card_page(recurring))


ACTS = {"amount": change_amount, "pause": pause, "resume": resume, "stop": stop, "card": new_card}


def see_other(address: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = address
    return response


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail about a failed payment: to Stripe's page for a new card, or to the bank's question."""
    recurring = card_links.read(token)
    if recurring is None:
        return render(request, "donate/giving_card.html", {"is_old": True}, status=410)
    context = {"campaign": recurring.campaign, "has_ended": recurring.status not in giving.STANDING}
    if request.method != "POST" or context["has_ended"] or not origins.is_own_form(request):
        return render(request, "donate/giving_card.html", context)
    try:
        confirm = giving.confirm_page(recurring) if "confirm" in request.POST else None
        return see_other(confirm or giving.card_page(recurring))
    except gateway.GatewayError as error:
        log.warning("The page for a new card could not be opened: %s", error)
        return render(request, "donate/giving_card.html", context | {"is_down": True}, status=503)


# Papers -----------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    return paper_page(request, own_receipt(request, number), f"/giving/receipts/{number}.pdf")


@never_cache
@require_safe
def receipt_pdf(request: HttpRequest, number: str) -> HttpResponse:
    return pdf_answer(own_receipt(request, number), number)


def own_receipt(request: HttpRequest, number: str) -> Paper:
    """A copy of a receipt of the donor who is signed in; everybody else's is not there."""
    donor = signin.donor_of(request)
    found = donor and Receipt.objects.filter(gift__donor=donor, number=number).select_related("gift").first()
    if not found:
        raise Http404
    return receipt_paper.paper(found, is_copy=True)


@never_cache
@require_safe
def statement(request: HttpRequest, year: int) -> HttpResponse:
    return paper_page(request, own_statement(request, year), f"/giving/statements/{year}.pdf")


@never_cache
@require_safe
def statement_pdf(request: HttpRequest, year: int) -> HttpResponse:
    return pdf_answer(own_statement(request, year), str(year))


def own_statement(request: HttpRequest, year: int) -> Paper:
    donor = signin.donor_of(request)
    if donor is None or year not in statements.years_of(donor):
        raise Http404
    return statements.paper(donor, year)


def paper_page(request: HttpRequest, paper: Paper, pdf_url: str) -> HttpResponse:
    return render(request, "donate/giving_paper.html", {"paper": paper, "pdf_url": pdf_url})


def pdf_answer(paper: Paper, name: str) -> HttpResponse:
    from donate import pdf  # most of a second to import: for those who draw, not for every process

    response = HttpResponse(pdf.render(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
