"""The story keeps its share: the token in the Give link, what it survives, and what is ignored."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import givers
import pytest

from donate.attribution import NONE, Attribution, attribution_of, make_token, read_token
from donate.campaigns import campaign_for, default_campaign, goals
from donate.models import Checkout, Gift, RecurringGift

pytestmark = pytest.mark.django_db


def test_a_token_comes_back_as_it_was_made():
    for told in (
        Attribution(7, 9, "story"),
        Attribution(placement="home"),
        Attribution(1, 0, "link", "spring-letter"),
    ):
        assert read_token(make_token(told)) == told


def test_it_is_the_same_all_day_and_ends_after_a_season_unless_it_is_a_labelled_link():
    told = Attribution(7, 9, "story")
    long_ago = date.today() - timedelta(days=91)

    assert make_token(told) == make_token(told)
    assert read_token(make_token(told, long_ago)) == NONE
    assert read_token(make_token(told, date.today() + timedelta(days=5))) == NONE
    label = Attribution(placement="link", label="letter")
    assert read_token(make_token(label, long_ago)) == label


@pytest.mark.parametrize("forged", ["", "x", "7~9~story~1~-:abc", "é" * 20, "a" * 5000, "7~9~story~1~-"])
def test_a_forged_token_is_ignored_and_the_gift_works(client, sandbox, campaign, forged):
    givers.begin(client, campaign, **{"from": forged})

    row = Checkout.objects.get()
    assert (row.source_page, row.placement) == (None, "")


def test_a_changed_token_is_ignored(story):
    token = make_token(attribution_of(story, "story"))
    assert read_token(token.replace("story", "home")) == NONE


def link_in(html: str, placement: str) -> str:
    found = [link.replace("&amp;", "&") for link in re.findall(r'(?:href|value)="([^"]*~[^"]*)"', html)]
    return next(link for link in found if placement in link)


def test_a_story_carries_itself_and_its_region_to_the_ledger_through_renewal_and_refund(
    client, sandbox, story
):
    html = client.get(story.get_url_parts()[2]).content.decode()
    masthead = urlsplit(link_in(html, "masthead"))
    token = parse_qs(masthead.query)["from"][0]

    givers.give(
        client, sandbox, story.giving_campaign, query=f"?from={token}", frequency="monthly", amount_other="20"
    )
    sandbox.renew(subscription=RecurringGift.objects.get().stripe_subscription_id)
    sandbox.deliver(client)

    gifts = list(Gift.objects.all())
    assert len(gifts) == 2
    for gift in gifts:
        assert (gift.source_page_id, gift.source_region_id) == (story.pk, story.region_id)
        assert (gift.source_title, gift.source_region_title) == (story.title, story.region.title)
        assert (gift.placement, gift.source_url.startswith("http://localhost/news/")) == ("masthead", True)


def test_a_region_or_a_campaign_is_a_place_and_not_a_story(page_tree, story):
    of_region = read_token(make_token(attribution_of(page_tree.region, "region")))
    of_campaign = read_token(make_token(attribution_of(page_tree.campaign, "campaign")))

    assert of_region == Attribution(0, page_tree.region.pk, "region")
    assert of_campaign == Attribution(0, 0, "campaign")
    assert attribution_of(story, "home") == Attribution(story.pk, story.region_id, "home")


def test_a_story_that_is_deleted_stays_in_the_books_as_text(client, sandbox, story):
    token = make_token(attribution_of(story, "story"))
    givers.give(client, sandbox, story.giving_campaign, query=f"?from={token}")
    title = story.title

    story.delete()

    gift = Gift.objects.get()
    assert (gift.source_page, gift.source_title) == (None, title)


def test_closed_campaigns_are_passed_over_for_the_sites_default(story, campaign, factories):
    own = factories.make_campaign("Own", closes_on=date.today() - timedelta(days=1))
    story.story_campaigns.create(campaign=own, sort_order=0)
    story.save()
    story = type(story).objects.get(pk=story.pk)

    assert campaign_for(story) == campaign
    assert campaign_for(None) == default_campaign() == campaign


def test_a_page_that_asks_for_nothing_has_no_campaign_and_no_token(client, story):
    story.no_ask = True
    story.save()

    html = client.get(story.get_url_parts()[2]).content.decode()

    assert campaign_for(story) is None
    assert "from=" not in html and 'href="/give/"' in html


def test_totals_of_many_campaigns_cost_one_query_and_never_add_currencies(
    client, sandbox, campaign, factories, django_assert_num_queries
):
    others = [factories.make_campaign(f"Campaign {number}") for number in range(3)]
    givers.give(client, sandbox, campaign)
    givers.give(client, sandbox, campaign, currency="eur", amount_other="70")
    from django.core.cache import cache

    cache.clear()
    with django_assert_num_queries(1):
        found = goals([campaign, *others])

    assert (found[campaign.pk].raised_minor, found[campaign.pk].currency) == (2500, "usd")
    assert found[campaign.pk].gifts_count == 2
    with django_assert_num_queries(0):
        goals([campaign, *others])


def test_a_refund_lowers_what_the_campaign_shows(client, sandbox, campaign):
    givers.give(client, sandbox, campaign)
    sandbox.refund(charge=Gift.objects.get().stripe_charge_id, amount="1000")
    sandbox.deliver(client)
    from django.core.cache import cache

    cache.clear()
    assert goals([campaign])[campaign.pk].raised_minor == 1500
