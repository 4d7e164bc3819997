"""What the templates of the giving pages get beside the page itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from donate import account, campaigns, money
from donate.forms import AMOUNT_FIELDS, GiveForm, first_form
from donate.models import CampaignPage, GiftComment, GivePage, Preset
from home.contexts import adds_to
from home.publication import public_pages

COMMENTS_SHOWN = 5


@dataclass(frozen=True)
class Suggestion:
    """A suggested amount as a template shows it."""

    amount_typed: str
    amount_display: str
    fee_display: str
    meaning: str
    is_default: bool


@adds_to(CampaignPage)
def campaign_context(page: CampaignPage, request: HttpRequest) -> dict:
    """As it is first shown; a POST brings its own form."""
    return form_context(page, first_form(page, request.GET)) | {"cancelled": "cancelled" in request.GET}


def form_context(page: CampaignPage, form: GiveForm) -> dict:
    currency = form.chosen_currency
    goal = campaigns.goal_of(page)
    return {
        "form": form if account.takes_gifts() and campaigns.is_open(page) else None,
        "presets": suggestions(page.presets.all(), currency, form.fee_of if page.offers_fee_cover else None),
        "typed_fee": [money.display(minor, currency) for minor in form.typed_fee() or ()],
        "currencies": [{"code": code, "label": money.name(code)} for code in settings.CURRENCIES],
        "currency": currency,
        "minimum_display": money.display(campaigns.limits(page, currency)[0], currency),
        "designations": form.designations,
        "goal": goal,
        "comments": comments(page),
        "cancelled": False,
        "is_closed": not campaigns.is_open(page),
    }


def suggestions(
    presets: Iterable[Preset], currency: str, fee_of: Callable[[int, str], int] | None = None
) -> dict[str, list[Suggestion]]:
    """By frequency, in the editors' order; with the fee beside each amount where `fee_of` says it."""
    found: dict[str, list[Suggestion]] = {frequency: [] for frequency in AMOUNT_FIELDS}
    for row in presets:
        if row.currency.lower() == currency and row.frequency in found:
            fee = fee_of(row.amount_minor, currency) if fee_of else 0
            found[row.frequency].append(
                Suggestion(
                    money.typed(row.amount_minor, currency),
                    money.display(row.amount_minor, currency),
                    money.display(fee, currency) if fee else "",
                    row.meaning,
                    row.is_default,
                )
            )
    return found


def comments(page: CampaignPage) -> list[GiftComment]:
    """Words that donors agreed to show and staff have read."""
    return list(
        GiftComment.objects.filter(
            gift__campaign_id=page.pk, gift__livemode=account.is_live(), approved_at__isnull=False
        ).order_by("-approved_at")[:COMMENTS_SHOWN]
    )


@adds_to(GivePage)
def give_context(page: GivePage, request: HttpRequest) -> dict:
    main = campaigns.default_campaign()
    open_now = [campaign for campaign in campaigns.open_campaigns() if main is None or campaign.pk != main.pk]
    closed = [
        campaign
        for campaign in public_pages(CampaignPage).filter(closes_on__isnull=False).order_by("-closes_on")
        if not campaigns.is_open(campaign)
    ]
    listed = [*open_now, *closed, *([main] if main else [])]
    goals = campaigns.goals(listed)
    for campaign in listed:
        campaign.goal = goals.get(campaign.pk)
    return {
        "main_campaign": main,
        "campaigns": open_now,
        "closed_campaigns": closed,
        "closed_now": not account.takes_gifts(),
    }
