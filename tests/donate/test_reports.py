"""Reports on money: sums of lines, one currency at a time, days of the organisation's time zone."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from factories import add_line, make_gift, make_recurring_gift

from donate import charts, reports
from donate.charts import Bar
from donate.reports import Question

pytestmark = pytest.mark.django_db
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


def ask(**changes) -> Question:
    return Question(
        **{"by": "campaign", "currency": "usd", "start": date(2026, 3, 1), "end": date(2026, 3, 31)} | changes
    )


def test_currencies_are_never_added(page_tree):
    make_gift(page_tree.campaign, amount_minor=5000)
    make_gift(page_tree.campaign, amount_minor=700, currency="eur")

    assert [row.received for row in reports.figures(ask())] == [5000]
    assert [row.received for row in reports.figures(ask(currency="eur"))] == [700]


def test_a_partial_refund_takes_only_its_part(page_tree):
    gift = make_gift(page_tree.campaign, amount_minor=2500)
    add_line(gift, "refunded", -2000, "re_1")

    (row,) = reports.figures(ask())

    assert (row.gifts, row.received, row.refunded, row.left) == (1, 2500, 2000, 500)


def test_a_refund_that_failed_and_a_dispute_that_was_won_take_nothing(page_tree):
    gift = make_gift(page_tree.campaign, amount_minor=2500)
    for kind, sign, other, id in (
        ("refunded", -1, "refund_failed", "re_1"),
        ("disputed", -1, "dispute_won", "dp_1"),
    ):
        add_line(gift, kind, sign * 1000, id)
        add_line(gift, other, 1000, id)

    (row,) = reports.figures(ask())

    assert row.left == 2500


@pytest.mark.parametrize(
    "zone, expected", [("UTC", "2026-03-14"), ("Asia/Tokyo", "2026-03-15"), ("America/Lima", "2026-03-14")]
)
def test_a_gift_counts_on_the_day_of_the_organisations_time_zone(zone, expected, page_tree, settings):
    settings.TIME_ZONE = zone
    moment = datetime(2026, 3, 14, 20, 30, tzinfo=UTC)
    make_gift(page_tree.campaign, received_at=moment, created_at=moment)

    days = {row.label: row.gifts for row in reports.figures(ask(by="day"))}

    assert len(days) == 31
    assert [day for day, gifts in days.items() if gifts] == [expected]


@pytest.mark.parametrize(
    "by, expected",
    [
        ("designation", "Wells"),
        ("region", "Middle East"),
        ("story", "The wells"),
        ("label", "letter"),
        ("placement", "under a story"),
        ("frequency", "monthly"),
        ("campaign", "Winter relief"),
        ("month", "2026-03"),
    ],
)
def test_gifts_are_grouped_by_all_that_staff_ask_for(by, expected, page_tree):
    make_gift(
        page_tree.campaign,
        designation="Wells",
        source_region_title="Middle East",
        source_title="The wells",
        label="letter",
        placement="story",
        frequency="monthly",
    )

    (row,) = reports.figures(ask(by=by))

    assert (row.label, row.gifts, row.received) == (expected, 1, 5000)


def test_a_story_that_was_deleted_keeps_its_share(page_tree, story):
    make_gift(page_tree.campaign, source_page=story, source_title=story.title)
    title = story.title
    story.delete()

    assert [row.label for row in reports.figures(ask(by="story"))] == [title]


def test_live_and_test_money_never_meet(page_tree):
    make_gift(page_tree.campaign, livemode=True)

    assert reports.figures(ask()) == []


def test_monthly_donors_won_and_lost_are_counted_by_month(page_tree):
    make_recurring_gift(page_tree.campaign)
    make_recurring_gift(page_tree.campaign, status="ended", ended_at=datetime(2026, 3, 20, tzinfo=UTC))
    make_recurring_gift(page_tree.campaign, status="incomplete")

    (month,) = reports.standing(ask())

    assert (month.begun, month.ended, reports.standing_now()) == (2, 1, 1)


@pytest.mark.parametrize(
    "query",
    [{"by": "x", "currency": "x", "from": "x", "to": "x"}, {"from": "2026-03-10", "to": "2026-03-01"},
     {"from": "0001-01-01"}, {"to": "9999-12-31"}, {"by": "day", "from": "2020-01-01"}],
)  # fmt: skip
def test_a_question_that_makes_no_sense_gets_an_answer_all_the_same(query, client, fundraiser, page_tree):
    client.force_login(fundraiser)

    assert client.get(reverse("donate_reports"), query).status_code == 200


def test_the_page_shows_chart_and_table_without_style_or_script_of_its_own(client, fundraiser, page_tree):
    client.force_login(fundraiser)
    make_gift(page_tree.campaign, source_title="<script>alert(1)</script>")

    page = client.get(reverse("donate_reports"), {"by": "story"} | MARCH).content.decode()

    drawing = page[page.index('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720') :]
    drawing = drawing[: drawing.index("</svg>")]
    assert "style" not in drawing
    assert "<script" not in drawing
    assert "&lt;script&gt;" in drawing
    assert "$50" in page


def test_what_the_report_shows_can_be_taken_home(client, fundraiser, page_tree):
    client.force_login(fundraiser)
    make_gift(page_tree.campaign, label="=1+1")

    answer = client.get(reverse("donate_reports"), {"by": "label", "export": "csv"} | MARCH)

    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[1][:4] == ["'=1+1", "USD", "1", "50.00"]


@pytest.mark.parametrize("who", ["editor", "moderator", "outsider"])
def test_reports_on_money_are_for_fundraisers(who, client, page_tree, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("donate_reports")).status_code == 302


def test_a_second_series_is_told_apart_without_colour():
    drawn = charts.columns([Bar("1", 3, "3")], "Two", [Bar("1", 2, "2")])

    assert drawn.count('fill="url(#hatch)"') == 1
    assert 'aria-label="Two"' in drawn
