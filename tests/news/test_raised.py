"""What a story raised: counted under the story, blurred for editors, visits without a trace of the visitor."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from factories import add_line, make_gift, make_recurring_gift, make_story

from donate import raised, visits
from donate.attribution import Attribution, make_token
from donate.models import FormVisit, Gift

pytestmark = pytest.mark.django_db


def gifts_for(story, campaign, number: int, **fields):
    return [make_gift(campaign, source_page=story, source_title=story.title, **fields) for _ in range(number)]


def test_gifts_and_monthly_gifts_are_counted_where_they_began(story, campaign):
    gifts_for(story, campaign, 2)
    standing = make_recurring_gift(campaign, source_page=story)
    gifts_for(story, campaign, 3, recurring_gift=standing, frequency="monthly")
    make_recurring_gift(campaign, source_page=story, status="incomplete")

    found = raised.of_page(story.pk, amounts=True)

    assert (found.gifts, found.monthly, found.sums) == (3, 1, {"usd": 25000})


def test_a_refund_lowers_what_the_story_raised_by_the_same_sum(story, campaign):
    (gift,) = gifts_for(story, campaign, 1)
    add_line(gift, "refunded", -2000, "re_1")

    assert raised.of_page(story.pk, amounts=True).sums == {"usd": 3000}


@pytest.mark.parametrize("number, shown", [(0, "under 5"), (4, "under 5"), (5, "5"), (12, "12")])
def test_small_numbers_are_blurred_for_editors(number, shown):
    assert raised.blurred(number, exact=False) == shown
    assert raised.blurred(number, exact=True) == str(number)


def test_an_editor_sees_counts_and_no_amount(client, editor, story, campaign):
    gifts_for(story, campaign, 6)
    client.force_login(editor)

    report = client.get(reverse("news_raised")).content.decode()
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
    listed = client.get(reverse("stories:index")).content.decode()

    for page in (report, edit):
        assert "Gifts begun" in page
        assert "<td>6</td>" in page or "<dd>6</dd>" in page
        assert "$300" not in page
        assert not re.search(r"\bAda\b", page)
    assert "under 5" in report  # monthly gifts
    assert "Gifts begun" in listed


def test_a_fundraiser_sees_the_amounts(client, fundraiser, story, campaign):
    gifts_for(story, campaign, 2)
    client.force_login(fundraiser)

    page = client.get(reverse("news_raised")).content.decode()

    assert "$100" in page
    assert "<td>2</td>" in page


def test_the_order_tells_an_editor_no_small_number(client, editor, page_tree, campaign):
    few, more = make_story("A story with few"), make_story("A story with more")
    gifts_for(more, campaign, 4)
    gifts_for(few, campaign, 1)
    client.force_login(editor)

    page = client.get(reverse("news_raised"), {"order": "gifts"}).content.decode()
    other = client.get(reverse("news_raised"), {"order": "date"}).content.decode()

    positions = [text.index("with few") < text.index("with more") for text in (page, other)]
    assert positions[0] == positions[1]


def test_an_outsider_sees_nothing_of_it(client, outsider, story):
    client.force_login(outsider)

    assert client.get(reverse("news_raised")).status_code == 302


# Visits ---------------------------------------------------------------------------------------------


def test_a_visit_counts_under_its_story_and_writes_nothing(client, story, campaign):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = campaign.get_url_parts()[2]
    token = make_token(Attribution(page_id=story.pk, placement="story"))
    client.get(reverse("donate:thanks"))  # the settings' own rows are made by the first request of all
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address, {"from": token})
        client.get(address, {"from": token})
        client.get(address)

    writes = [row["sql"] for row in queries if row["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert writes == []
    assert not answer.cookies
    assert not FormVisit.objects.exists()
    assert visits.add_up() == 3
    assert visits.add_up() == 0
    assert set(FormVisit.objects.values_list("source_page", "placement", "count")) == {
        (story.pk, "story", 2),
        (None, "", 1),
    }
    assert raised.of_page(story.pk, amounts=False).visits == 2


def test_visits_of_one_day_are_added_to_the_same_row(client, campaign):
    for _ in range(2):
        client.get(campaign.get_url_parts()[2])
        visits.add_up()

    assert FormVisit.objects.get().count == 2


def test_a_form_sent_or_a_forged_token_counts_as_no_visit_of_a_story(client, campaign):
    address = campaign.get_url_parts()[2]
    client.post(address, {})
    client.head(address)
    client.get(address, {"from": "1~1~story~0~x:forged"})

    visits.add_up()

    assert list(FormVisit.objects.values_list("source_page", "count")) == [(None, 1)]


def test_a_story_that_is_gone_leaves_its_visits_to_the_campaign(campaign):
    visits.note(campaign, Attribution(page_id=987654, placement="story"))

    visits.add_up()

    assert FormVisit.objects.get().source_page is None


def test_an_emptied_cache_counts_anew(campaign):
    visits.note(campaign, Attribution())
    visits.add_up()
    cache.clear()
    cache.set("visits-done", 40)
    visits.note(campaign, Attribution())

    assert visits.add_up() == 1
    assert Gift.objects.count() == 0
