"""From an editor's empty form to a gift in the ledger under the story, in a real browser."""

import json
import re
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from processes import wait_for

sys.path.insert(0, str(Path(__file__).parent))
from seed_page import CUT, read_seed

FULL_STORY = "https://wire.example/2016/02/report"


@pytest.fixture
def newsroom(live_site, page_tree, factories):
    """The site before the story: the regions, the source and a campaign are there, the words are the seed's."""
    from donate.models import GivingSettings
    from home.models import OrganisationSettings

    seed = read_seed()
    organisation = OrganisationSettings.load()
    organisation.name, organisation.note_label = "ICC", "ICC Note"
    organisation.press_email = "press@icc.example"
    organisation.save()
    factories.make_region(seed.region)
    factories.make_source(seed.source)
    page_tree.campaign.ask_text = seed.ask
    page_tree.campaign.save()
    assert GivingSettings.load().default_campaign == page_tree.campaign
    page_tree.seed = seed
    return page_tree


def sign_in(page, site, user, factories) -> None:
    page.goto(f"{site.url}/admin/login/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


def enter_story(page, site, newsroom):
    """Fills the editor's form with the seed and publishes; gives the story."""
    from news.models import StoryPage

    seed = newsroom.seed
    page.goto(f"{site.url}/admin/pages/add/news/storypage/{newsroom.newsroom.pk}/")
    page.fill("[name=title]", seed.title)
    page.fill("[name=summary]", seed.note[:200])
    page.fill("[name=dated_on]", seed.dated_on.isoformat())
    page.keyboard.press("Escape")
    note = page.locator("[name=note]").locator("xpath=ancestor::*[contains(@class,'w-field')][1]")
    note.locator("[role=textbox]").click()
    page.keyboard.insert_text(seed.note)
    page.select_option("[name=source]", label=seed.source)
    page.fill("[name=source_dated_on]", seed.dated_on.isoformat())
    page.keyboard.press("Escape")
    page.fill("[name=place]", seed.place)
    page.fill("[name=full_story_url]", FULL_STORY)
    enter_report(page, seed.report)
    page.get_by_role("button", name=re.compile(r"Choose a page \(Region\)")).click()
    page.get_by_role("link", name=seed.region, exact=True).click()
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.locator(".messages .success").wait_for()
    return StoryPage.objects.get(title=seed.title)


def enter_report(page, report: list[str]) -> None:
    stream = page.locator("[name=excerpt-count]").locator("xpath=..")
    for number, passage in enumerate(report):
        stream.locator(".c-sf-add-button").last.click()
        kind = "Cut" if passage == CUT else "Paragraph"
        page.get_by_role("option", name=kind).last.click()
        stream.locator(f"[name=excerpt-{number}-type]").wait_for(state="attached")
        if passage != CUT:
            stream.locator("[role=textbox]").last.click()
            page.keyboard.insert_text(passage)


def test_the_seed_page_becomes_a_story_and_moves_gifts(
    open_page, browser_page, live_site, newsroom, moderator, factories, sandbox, client
):
    sign_in(browser_page, live_site, moderator, factories)
    story = enter_story(browser_page, live_site, newsroom)
    assert story.live
    reader = open_page(java_script_enabled=False)
    reader.goto(live_site.url + story.url)
    read_as_a_visitor(reader, newsroom.seed)
    find_by_search(reader, newsroom.seed)
    sandbox.webhook_to(f"{live_site.url}/giving/webhook/")
    give(reader, "Once", "50")
    reader.goto(live_site.url + story.url)
    give(reader, "Monthly", "20")
    after_a_month(sandbox)

    gifts = exported(number=3)

    once, first, renewal = sorted(
        gifts, key=lambda gift: (gift["frequency"] == "monthly", gift["received_at"])
    )
    assert [gift["amount_minor"] for gift in (once, first, renewal)] == [5000, 2000, 2000]
    assert {gift["story"] for gift in gifts} == {live_site.url + story.url}
    assert {gift["campaign"] for gift in gifts} == {newsroom.campaign.slug}
    assert {gift["placement"] for gift in gifts} == {"story"}
    assert once["state"] == "partially_refunded"
    assert once["refunded_minor"] == 1500
    assert renewal["recurring_gift"] == first["recurring_gift"]
    assert len({gift["receipt_number"] for gift in gifts}) == 3
    for gift in gifts:
        assert gift["net_minor"] == sum(
            line["settled_minor"] or line["amount_minor"] for line in gift["lines"]
        )


def read_as_a_visitor(page, seed) -> None:
    """The seed's elements, one by one, without script."""
    assert page.locator("h1").count() == 1
    page.get_by_role("heading", name=seed.title, exact=True, level=1).wait_for()
    assert page.locator("main").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    header = page.locator("header.page-head")
    assert header.locator("time").get_attribute("datetime") == seed.dated_on.isoformat()
    assert header.get_by_role("link", name=seed.region).count() == 1
    note = page.get_by_role("complementary", name="ICC Note").or_(page.get_by_role("region", name="ICC Note"))
    assert flat(seed.note) in flat(note.first.inner_text())
    quote = page.locator("blockquote")
    assert quote.get_attribute("cite") == FULL_STORY
    for passage in seed.report:
        if passage != CUT:
            assert flat(passage) in flat(quote.inner_text())
    assert f"{seed.place} ({seed.source})" in flat(quote.inner_text())
    assert page.locator(
        "[aria-hidden=true]", has_text=re.compile(r"^\s*\.\s?\.\s?\.\s*$")
    ).count() == seed.report.count(CUT)
    link = page.get_by_role("link", name=re.compile("Full Story"))
    assert link.get_attribute("href") == FULL_STORY
    assert link.get_attribute("rel") == "external noopener"
    assert page.get_by_role("main").get_by_role("link", name=re.compile("Newsroom")).count() >= 1
    assert "press@icc.example" not in page.content()
    assert page.get_by_text(seed.ask).count() == 1
    assert page.get_by_role("button", name="Give Today").count() == 1
    assert page.get_by_role("link", name="Back To Top").count() == 1
    assert page.get_by_role("search").get_by_role("button", name="Search").count() == 1


def find_by_search(page, seed) -> None:
    word = max(re.findall(r"[A-Za-z]{6,}", seed.title), key=len)
    box = page.get_by_role("search").last
    box.get_by_role("searchbox").fill(word)
    box.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/**")
    page.locator("ol.rows").get_by_role("link", name=seed.title).click()
    page.get_by_role("heading", name=seed.title, exact=True, level=1).wait_for()


def give(page, frequency: str, amount: str) -> None:
    """Presses Give Today under the story, fills in the form and pays with the first test card."""
    page.get_by_role("main").get_by_role("button", name="Give Today").click()
    page.get_by_label(frequency, exact=True).check()
    page.get_by_label("Or another amount").fill(amount)
    page.get_by_label("Name on the receipt").fill("Ada Donor")
    page.get_by_label("Email for the receipt").fill("ada@example.org")
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url("**/c/pay/**")
    page.locator("button.first").click()
    page.wait_for_url("**/giving/thanks/**")
    assert page.get_by_role("heading", name="Thank you").count() == 1
    assert f"${amount}" in page.locator("main").inner_text()
    assert not re.search(r"\bAda\b", page.content())


def after_a_month(sandbox) -> None:
    """The monthly gift is renewed, and a part of the first gift is given back."""
    sandbox.renew(subscription=sandbox.all("subscription")[0]["id"])
    charge = next(one for one in sandbox.all("charge") if one["amount"] == 5000)
    sandbox.refund(charge=charge["id"], amount="1500")


def exported(number: int) -> list[dict]:
    """The ledger's export, as soon as all that the sandbox told is in it."""
    found: list[dict] = []

    def is_whole() -> bool:
        out = StringIO()
        call_command("export_ledger", stdout=out)
        found[:] = [json.loads(line) for line in out.getvalue().splitlines()]
        return len(found) == number and any(gift["refunded_minor"] for gift in found)

    wait_for(is_whole, what="the ledger")
    return found


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
