"""The story form's helpers in a real browser, and our own admin pages under axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe


@pytest.fixture
def desk(browser_page, live_site, page_tree, admin, factories):
    """The admin, signed in."""
    browser_page.goto(f"{live_site.url}/admin/login/")
    browser_page.fill("#id_username", admin.username)
    browser_page.fill("#id_password", factories.PASSWORD)
    browser_page.click("button[type=submit]")
    browser_page.wait_for_url("**/admin/")
    return browser_page


def test_a_pasted_dateline_offers_to_fill_place_source_and_date(desk, live_site, page_tree, factories):
    source = factories.make_source("Reuters")
    desk.goto(f"{live_site.url}/admin/pages/add/news/storypage/{page_tree.newsroom.pk}/")
    desk.fill("#id_dated_on", "2016-02-13")

    desk.fill("#dateline-paste", "2/13/2016 Syria (Reuters) – Russia said on Saturday")
    desk.get_by_role("button", name="Fill in place, source and date").click()

    assert desk.input_value("#id_place") == "Syria"
    assert desk.input_value("#id_source_dated_on") == "2016-02-13"
    assert desk.input_value("#id_source") == str(source.pk)


def test_what_is_no_dateline_is_refused_in_words(desk, live_site, page_tree):
    desk.goto(f"{live_site.url}/admin/pages/add/news/storypage/{page_tree.newsroom.pk}/")

    desk.fill("#dateline-paste", "Russia said on Saturday that a plan would fail.")
    desk.get_by_text("Not understood: nothing is filled in.").wait_for()

    assert not desk.get_by_role("button", name="Fill in place").is_visible()
    assert desk.input_value("#id_place") == ""


def test_an_address_that_another_story_has_is_told_of_at_once(desk, live_site, page_tree, factories):
    factories.make_story("Told before", full_story_url="https://harbourwire.example/same")
    desk.goto(f"{live_site.url}/admin/pages/add/news/storypage/{page_tree.newsroom.pk}/")

    desk.fill("#id_full_story_url", "https://harbourwire.example/same")
    desk.locator("#id_full_story_url").blur()

    desk.get_by_role("link", name="Told before").wait_for()


def test_wagtails_checker_knows_journalism_and_follows_the_typing(desk, live_site, page_tree, factories):
    factories.make_region("Europe")
    story = factories.make_story()
    # Only what is typed after Wagtail has looked at the form, two seconds after it opened, is a change to it.
    desk.add_init_script(
        "window.counted = {}; for (const name of ['ready', 'watch-edits'])"
        " document.addEventListener(`w-unsaved:${name}`, () => { counted[name] = (counted[name] ?? 0) + 1 })"
    )
    desk.goto(f"{live_site.url}/admin/pages/{story.pk}/edit/")
    desk.get_by_role("button", name="Toggle checks").click()
    desk.locator("[data-content-word-count]").filter(has_text=re.compile(r"\d")).wait_for()
    desk.wait_for_function("() => counted['watch-edits'] && counted['watch-edits'] === counted.ready")

    desk.fill("#id_place", "Europe")
    desk.fill("#id_full_story_url", "")

    panel = desk.locator("[data-checks-panel]")
    panel.get_by_text("Place outside the region").wait_for()
    panel.get_by_text("Full story missing").wait_for()


def test_axe_finds_nothing_on_our_own_admin_pages(desk, live_site, page_tree, factories):
    story = factories.make_story(region=factories.make_region("Europe"), place="Middle East")
    ours = {
        f"/admin/pages/{story.pk}/edit/": ["[data-dateline-helper]", ".help-block"],
        f"/admin/news/take-down/{story.pk}/": ["form"],
        f"/admin/news/like/{story.pk}/": ["form"],
        "/admin/stories/": ["main table"],
        f"/admin/bulk/wagtailcore/page/add_topic/?id={story.pk}": ["form"],
    }
    faults = []
    for path, parts in ours.items():
        assert desk.goto(live_site.url + path).status == 200, path
        desk.wait_for_load_state()
        found = Axe().run(desk, context={"include": parts}).response["violations"]
        faults += [f"{path}: {fault['id']} {fault['nodes'][0]['html'][:200]}" for fault in found]

    assert faults == []
