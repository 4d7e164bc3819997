"""Asking for gifts, wherever a page asks."""

from urllib.parse import urlencode

from django import template

from donate import account, campaigns, contexts
from donate import money as amounts
from donate.attribution import attribution_of, make_token
from donate.models import CampaignPage, GivePage, GivingSettings
from donate.models.choices import Frequency, GiftState
from home.kept import kept
from home.sections import sections

register = template.Library()


@register.simple_tag
def money(minor: int, currency: str) -> str:
    """Minor units as people of the reader's language write them; whole amounts without decimals."""
    return amounts.display(minor, currency)


@register.simple_tag
def gift_state(gift) -> str:
    """The state of a gift that was read with its totals, in words."""
    return GiftState(gift.state).label


@register.simple_tag
def currency_symbol(currency: str) -> str:
    return amounts.symbol(currency)


@register.simple_tag(takes_context=True)
def give_link(context, page, placement: str) -> str:
    """The signed address of Give Today for a page; /give/ where it does not ask, empty where nobody can give."""
    everything = next((section.url for section in sections() if section.model == "donate.givepage"), "")
    if not page or not getattr(page, "asks_for_gifts", True) or isinstance(page, GivePage):
        return everything
    campaign = _campaign(page)
    if campaign is None:
        return everything
    return f"{_address(context, campaign)}?{urlencode({'from': _token(page, placement)})}"


@register.simple_tag(takes_context=True)
def give_panel(context, page, placement: str) -> dict:
    """What components/ask.html shows for a page. Empty where none is asked for."""
    if not page or not account.takes_gifts() or not getattr(page, "asks_for_gifts", True):
        return {}
    campaign = _campaign(page)
    if campaign is None:
        return {}
    presets = campaigns.presets(campaign)
    currency = campaign.goal_currency or next((row.currency for row in presets), account.default_currency())
    token = _token(page, placement)
    frequency = campaign.default_frequency
    return {
        "request": context.get("request"),
        "campaign": campaign,
        "goal": campaigns.goal_of(campaign),
        "frequencies": frequencies(campaign),
        "presets": contexts.suggestions(presets, currency).get(frequency, []),
        "currency": currency,
        "token": token,
        "url": f"{_address(context, campaign)}?{urlencode({'from': token})}",
    }


@register.inclusion_tag("components/ask.html", takes_context=True)
def give_today(context, page, placement: str) -> dict:
    """The panel under a story or a region."""
    return give_panel(context, page, placement)


@register.simple_tag
def gifts_email() -> str:
    """Whom donors write to; empty where no address is set."""
    return kept("gifts email", lambda: GivingSettings.load().gifts_email)


@register.simple_tag
def open_campaigns() -> list:
    """Campaigns that take gifts now, each with its goal."""
    found = list(campaigns.open_campaigns()) if account.takes_gifts() else []
    goals = campaigns.goals(found)
    for campaign in found:
        campaign.goal = goals.get(campaign.pk)
    return found


def frequencies(campaign: CampaignPage) -> list[dict]:
    offered = [
        (Frequency.ONCE, True),
        (Frequency.MONTHLY, campaign.offers_monthly),
        (Frequency.ANNUAL, campaign.offers_annual),
    ]
    return [
        {
            "value": str(value),
            "label": str(value.label).capitalize(),
            "is_default": value == campaign.default_frequency,
        }
        for value, is_offered in offered
        if is_offered
    ]


def _campaign(page) -> CampaignPage | None:
    """Asked once for a page while it is rendered: the masthead and the panel lead to the same campaign."""
    if "_asked_campaign" not in page.__dict__:
        page._asked_campaign = campaigns.campaign_for(page)
    return page._asked_campaign


def _address(context, campaign: CampaignPage) -> str:
    parts = campaign.get_url_parts(context.get("request"))
    return parts[2] if parts else ""


def _token(page, placement: str) -> str:
    return make_token(attribution_of(page, placement))
