"""Editors' screens and readers' pages in a real browser: no policy is broken, and nobody else is called."""

import re
from urllib.parse import urlsplit

import pictures
import pytest
from factories import PASSWORD
from playwright.sync_api import expect
from processes import wait_for
from wagtail.models import Page

from home.models import SafeImage
from news.models import StoryPage

REPORT = "addEventListener('securitypolicyviolation', e => violated(e.violatedDirective + ' ' + e.blockedURI + ' on ' + location.pathname))"
SCREENS = [
    "/admin/",
    "/admin/pages/",
    "/admin/pages/{newsroom}/",
    "/admin/pages/{story}/edit/",
    "/admin/pages/{story}/history/",
    "/admin/pages/{story}/usage/",
    "/admin/pages/{campaign}/edit/",
    "/admin/pages/{region}/edit/",
    "/admin/pages/{newsroom}/add_subpage/",
    "/admin/pages/add/news/storypage/{newsroom}/",
    "/admin/images/",
    "/admin/images/add/",
    "/admin/images/multiple/add/",
    "/admin/images/{image}/",
    "/admin/documents/",
    "/admin/documents/multiple/add/",
    "/admin/snippets/",
    "/admin/reports/locked/",
    "/admin/reports/workflow/",
    "/admin/reports/site-history/",
    "/admin/reports/aging-pages/",
    "/admin/workflows/list/",
    "/admin/redirects/",
    "/admin/users/",
    "/admin/users/new/",
    "/admin/groups/",
    "/admin/sites/",
    "/admin/collections/",
    "/admin/settings/home/organisationsettings/",
    "/admin/settings/home/signinsettings/",
    "/admin/account/",
    "/admin/second-step/manage/",
    "/admin/second-step/setup/",
    "/admin/searchpicks/",
    "/admin/pages/search/?q=crossing",
]


@pytest.fixture
def watched(browser_page, live_site):
    """The page, with what it did wrong: `.violations` and `.strangers` (addresses of other origins)."""
    home = urlsplit(live_site.url).netloc
    browser_page.violations, browser_page.strangers = [], []
    browser_page.expose_function("violated", lambda what: browser_page.violations.append(what))
    browser_page.add_init_script(REPORT)

    def heard(message):
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            browser_page.violations.append(message.text)

    def asked(request):
        if (
            urlsplit(request.url).scheme in ("http", "https", "ws", "wss")
            and urlsplit(request.url).netloc != home
        ):
            browser_page.strangers.append(request.url)

    browser_page.context.on("console", heard)
    browser_page.context.on("request", asked)
    browser_page.site = live_site.url
    return browser_page


@pytest.fixture
def at_the_desk(watched, admin):
    watched.goto(f"{watched.site}/admin/login/")
    watched.get_by_label("Username").fill("admin")
    watched.get_by_label("Password").fill(PASSWORD)
    watched.get_by_role("button", name="Sign in").click()
    watched.wait_for_url(f"{watched.site}/admin/")
    return watched


def make_image() -> SafeImage:
    from django.core.files.base import ContentFile

    return SafeImage.objects.create(title="The crossing", file=ContentFile(pictures.jpeg(), name="one.jpg"))


def assert_nothing_wrong(page) -> None:
    assert page.violations == []
    assert page.strangers == []


def test_the_watch_sees_a_violation_and_a_stranger(watched, page_tree):
    watched.goto(f"{watched.site}/")

    watched.evaluate("const i = new Image(); i.src = 'http://127.0.0.1:9/spy.png'; document.body.append(i)")
    watched.evaluate("document.body.setAttribute('style', 'color: red')")

    # Asking the page anything lets what it has said so far arrive here.
    said = wait_for(lambda: watched.evaluate("1") and len(watched.violations) >= 2 and watched.violations)
    assert all(any(rule in violation for violation in said) for rule in ("img-src", "style-src"))
    assert watched.strangers == ["http://127.0.0.1:9/spy.png"]


@pytest.mark.slow
def test_the_screens_of_the_admin(at_the_desk, page_tree, story):
    numbers = {
        "newsroom": page_tree.newsroom.pk,
        "story": story.pk,
        "campaign": page_tree.campaign.pk,
        "region": page_tree.region.pk,
        "image": make_image().pk,
    }

    menu = at_the_desk.locator("#wagtail-sidebar-props").inner_text()
    screens = [screen.format(**numbers) for screen in SCREENS]
    screens += sorted(set(re.findall(r'"(/admin/[^"?]*)"', menu)) - {*screens, "/admin/logout/"})

    for screen in screens:
        answer = at_the_desk.goto(at_the_desk.site + screen, wait_until="load")
        assert answer.status == 200, screen
        at_the_desk.wait_for_selector("body.ready")

    assert len(screens) > len(SCREENS)
    assert_nothing_wrong(at_the_desk)


def test_choosing_a_picture(at_the_desk, page_tree):
    image = make_image()
    at_the_desk.goto(f"{at_the_desk.site}/admin/settings/home/organisationsettings/")

    at_the_desk.get_by_role("button", name="Choose an image").click()
    at_the_desk.get_by_role("dialog").get_by_role("link", name="The crossing").first.click()
    expect(at_the_desk.get_by_role("dialog")).to_have_count(0)
    expect(at_the_desk.locator(f'input[name="default_social_image"][value="{image.pk}"]')).to_have_count(1)

    assert_nothing_wrong(at_the_desk)


def test_uploading_many_pictures(at_the_desk, tmp_path):
    for number in range(3):
        drawn = pictures.draw(shift=number * 9)
        (tmp_path / f"picture-{number}.jpg").write_bytes(pictures.saved(drawn, format="JPEG"))
    (tmp_path / "words.jpg").write_bytes(b"no picture")
    at_the_desk.goto(f"{at_the_desk.site}/admin/images/multiple/add/")

    at_the_desk.set_input_files("input[type=file]", [str(path) for path in sorted(tmp_path.glob("*.jpg"))])
    expect(
        at_the_desk.get_by_text("could not be read")
        .or_(at_the_desk.get_by_text("Not a supported"))
        .or_(at_the_desk.get_by_text("valid image"))
        .first
    ).to_be_visible()
    expect(at_the_desk.get_by_role("button", name="Update")).to_have_count(3)

    assert SafeImage.objects.count() == 3
    assert_nothing_wrong(at_the_desk)


def test_editing_previewing_scheduling_and_publishing(at_the_desk, story):
    page = at_the_desk
    page.goto(f"{page.site}/admin/pages/{story.pk}/edit/", wait_until="networkidle")

    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("iframe[title=Preview]").last
    expect(frame.get_by_role("heading", level=1)).to_have_text(story.title)

    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    field = page.get_by_role("dialog").locator("input[name=go_live_at]")
    field.click()
    expect(page.locator(".xdsoft_datetimepicker:visible")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(f"{page.site}/admin/pages/{story.pk}/edit/", wait_until="networkidle")

    page.locator("textarea[name=title], input[name=title]").first.fill("A title from the browser")
    page.get_by_role("button", name="More actions").click()
    page.locator("button[name=action-publish]").click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert StoryPage.objects.get(pk=story.pk).title == "A title from the browser"
    assert_nothing_wrong(page)


def test_a_draft_goes_through_the_workflow_and_bulk_actions(at_the_desk, page_tree, story):
    page = at_the_desk
    page.goto(f"{page.site}/admin/pages/{page_tree.newsroom.pk}/", wait_until="networkidle")

    page.goto(f"{page.site}/admin/pages/{story.pk}/edit/", wait_until="networkidle")
    page.get_by_role("button", name="More actions").click()
    page.locator("button[name=action-submit]").click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert Page.objects.get(pk=story.pk).workflow_in_progress

    page.goto(
        f"{page.site}/admin/bulk/wagtailcore/page/unpublish/?next=/admin/&id={story.pk}",
        wait_until="networkidle",
    )
    page.get_by_role("button", name="Yes, unpublish").click()
    expect(page.locator(".messages .success")).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert not Page.objects.get(pk=story.pk).live
    assert_nothing_wrong(page)


def test_readers_pages(watched, page_tree, story):
    story.refresh_from_db()
    paths = [p.url for p in (page_tree.home, page_tree.newsroom, story, page_tree.regions, page_tree.region)]
    paths += [
        page_tree.give.url,
        page_tree.campaign.url,
        "/search/?q=crossing",
        "/no-such-page/",
        "/_util/login/",
    ]

    for path in paths:
        watched.goto(watched.site + path, wait_until="networkidle")

    assert_nothing_wrong(watched)
    assert watched.context.cookies() == [c for c in watched.context.cookies() if c["name"] == "csrftoken"]
