"""A donor's own page in a real browser without script: from the mailed link to a changed amount and a new card."""

import re

import givers
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from donate import signin
from donate.models import RecurringGift, SignIn


@pytest.fixture
def monthly(live_site, sandbox, page_tree) -> RecurringGift:
    """A monthly gift of 20 dollars, paid at the sandbox, with its events applied and its receipt issued."""
    client = Client()
    data = givers.filled(client, page_tree.campaign, frequency="monthly", amount_other="20")
    answer = givers.send(client, page_tree.campaign, data, Origin=live_site.url)
    sandbox.pay(session=answer["Location"].rsplit("/", 1)[-1])
    sandbox.deliver(client)
    return RecurringGift.objects.get()


@pytest.fixture
def silent_page(open_page):
    """A page whose browser runs no script."""
    return open_page(java_script_enabled=False)


def enter(page, site, mailoutbox) -> None:
    page.goto(f"{site.url}/giving/")
    page.get_by_label("E-mail address that you gave with").fill("ada@donor.example")
    page.get_by_role("button", name="Mail me the link").click()
    page.get_by_text("If we know this address").wait_for()
    for pk in SignIn.objects.filter(done_at=None).values_list("pk", flat=True):
        signin.send_link(pk)
    path = re.search(r"/giving/in/\S+", mailoutbox[-1].body)[0]
    page.goto(site.url + path)
    page.get_by_role("button", name="Open your giving").click()
    page.get_by_role("heading", name="Your monthly gift").wait_for()


def test_a_donor_changes_amount_and_card_without_script(silent_page, live_site, monthly, sandbox, mailoutbox):
    enter(silent_page, live_site, mailoutbox)

    silent_page.get_by_label("Amount in USD").fill("12.50")
    silent_page.get_by_role("button", name="Save amount").click()
    silent_page.get_by_text("is $12.50").wait_for()
    silent_page.get_by_role("button", name="Change the card").click()
    silent_page.get_by_label("Card number").fill("5555 5555 5555 4444")
    silent_page.get_by_role("button", name="Save card").click()
    silent_page.get_by_text("it is used from the next gift on").wait_for()

    renewal = sandbox.renew(subscription=monthly.stripe_subscription_id)
    assert renewal["total"] == 1250
    assert "4444" in str(sandbox.all("charge")[0]["payment_method_details"])


def test_a_donor_opens_the_receipt_and_stops_the_gift(silent_page, live_site, monthly, mailoutbox):
    enter(silent_page, live_site, mailoutbox)

    silent_page.get_by_role("link", name="Receipt,").click()
    silent_page.get_by_role("heading", name="Receipt").wait_for()
    copy = silent_page.get_by_text("COPY").is_visible()
    silent_page.get_by_role("link", name="Back to your giving").click()
    silent_page.get_by_role("button", name="Stop this gift").click()
    silent_page.get_by_role("button", name="Yes, stop it").click()
    silent_page.get_by_text("No further gift will be taken").wait_for()

    monthly.refresh_from_db()
    assert copy
    assert monthly.status == "ended"


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_the_donors_pages(open_page, live_site, monthly, mailoutbox, width, scheme):
    page, found = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme), []
    page.goto(f"{live_site.url}/giving/")
    found += violations(page)
    enter(page, live_site, mailoutbox)
    found += violations(page)
    for link, heading in (("Receipt,", "Receipt"), ("Statement for", "Statement")):
        page.get_by_role("link", name=link).click()
        page.get_by_role("heading", name=heading, level=1).wait_for()
        found += violations(page)
        page.get_by_role("link", name="Back to your giving").click()
        page.get_by_role("heading", name="Your giving", level=1).wait_for()
    page.get_by_role("button", name="Stop this gift").click()
    page.get_by_role("heading", name="Stop this gift?", level=1).wait_for()
    found += violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth")

    assert found == []
    assert wide <= width


def violations(page) -> list[str]:
    return [
        f"{page.url}: {fault['id']}: {node['target']}"
        for fault in Axe().run(page).response["violations"]
        for node in fault["nodes"]
    ]
