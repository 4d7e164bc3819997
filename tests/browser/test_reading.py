"""Readers with narrow screens, large letters, a keyboard, no script, no colours of the site's own."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def paths(live_site, small_site):
    return small_site.paths


def too_wide(page) -> list[str]:
    """Elements that stick out of the window, if the page can be scrolled sideways."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('body *')].filter(e => {
          const box = e.getBoundingClientRect();
          return box.width && (box.right > innerWidth + 1 || box.left < -1);
        }).map(e => e.tagName + '.' + e.className)"""
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_scrolls_sideways_at_320_pixels(open_page, live_site, paths, settings, language):
    settings.LANGUAGE_CODE = language
    page = open_page(viewport={"width": 320, "height": 700})

    wide = {}
    for name, path in paths.items():
        page.goto(live_site.url + path)
        wide[name] = too_wide(page)

    assert {name: what for name, what in wide.items() if what} == {}
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")


def test_no_page_scrolls_sideways_with_letters_twice_as_large(open_page, live_site, paths):
    page = open_page(viewport={"width": 640, "height": 450}, device_scale_factor=2)

    wide = {}
    for name, path in paths.items():
        page.goto(live_site.url + path)
        wide[name] = too_wide(page)

    assert {name: what for name, what in wide.items() if what} == {}


def test_readers_get_no_cookie_and_no_request_to_elsewhere(open_page, live_site, paths):
    page, asked = open_page(), []
    page.on("request", lambda request: asked.append(request.url))

    for path in paths.values():
        page.goto(live_site.url + path)

    assert [url for url in asked if not url.startswith((live_site.url, "data:"))] == []
    assert page.context.cookies() == []


def test_a_story_is_read_and_its_campaign_reached_without_script(open_page, live_site, paths):
    page = open_page(java_script_enabled=False)
    page.goto(live_site.url + paths["story"])

    note = page.get_by_role("complementary", name="ICC Note")
    assert "We spoke with two families at the crossing." in note.text_content()
    assert page.locator("blockquote[cite^='https://harbourwire.example/']").count() == 1
    assert page.locator(".cut [aria-hidden=true]").inner_text().strip().startswith(".")
    page.get_by_role("link", name="Dateline Newsroom").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Newsroom")


def test_the_keyboard_skips_to_the_content_and_comes_back_to_the_top(browser_page, live_site, paths):
    browser_page.goto(live_site.url + paths["story"])

    browser_page.keyboard.press("Tab")
    skip = browser_page.locator(":focus")
    assert skip.inner_text() == "Skip to content"
    assert skip.bounding_box()["y"] >= 0
    browser_page.keyboard.press("Enter")
    assert browser_page.evaluate("document.activeElement.id") == "content"

    browser_page.get_by_role("link", name="Back To Top").focus()
    browser_page.keyboard.press("Enter")
    browser_page.keyboard.press("Tab")
    assert browser_page.evaluate("document.activeElement.className") == "wordmark"


def test_every_stop_of_the_keyboard_can_be_seen(browser_page, live_site, paths):
    browser_page.goto(live_site.url + paths["story"])
    stops = browser_page.locator("a[href], button, input:not([type=hidden]), select, textarea").count()

    unseen, met = [], set()
    for _ in range(stops):
        browser_page.keyboard.press("Tab")
        name, outline = browser_page.evaluate(
            """() => { const e = document.activeElement, seen = [e, e.closest('.choice')].filter(Boolean)
              .some(x => getComputedStyle(x).outlineStyle !== 'none');
              return [e.outerHTML.slice(0, 80), seen]; }"""
        )
        met.add(name)
        if not outline and not name.startswith("<body"):  # after the last stop the round begins again
            unseen.append(name)

    assert unseen == []
    assert len(met) > 10


def test_the_way_of_the_keyboard_follows_the_page_downwards(browser_page, live_site, paths):
    browser_page.set_viewport_size({"width": 360, "height": 800})
    browser_page.goto(live_site.url + paths["story"])

    heights = browser_page.evaluate(
        """() => [...document.querySelectorAll('main a[href], main button, main input')]
        .map(e => e.getBoundingClientRect()).filter(b => b.width > 1).map(b => Math.round(b.top))"""
    )

    assert all(later >= earlier - 60 for earlier, later in zip(heights, heights[1:], strict=False))


def test_forced_colours_keep_buttons_fields_and_meters_visible(open_page, live_site, paths):
    page = open_page(forced_colors="active")
    page.goto(live_site.url + paths["home"])

    borders = page.evaluate(
        """() => [...document.querySelectorAll('.button, input:not([type=hidden])')]
        .map(e => getComputedStyle(e).borderTopWidth)"""
    )

    assert borders and "0px" not in borders
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")


def test_who_wants_no_motion_gets_none(open_page, live_site, paths):
    page = open_page()
    page.goto(live_site.url + paths["home"])

    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e => {
          const s = getComputedStyle(e);
          return s.animationName !== 'none' || s.transitionDuration.split(',').some(d => parseFloat(d) > 0) ||
            s.scrollBehavior === 'smooth';
        }).length"""
    )

    assert moving == 0


def test_a_printed_story_has_no_ask_and_shows_the_address_of_the_full_story(browser_page, live_site, paths):
    browser_page.goto(live_site.url + paths["story"])
    browser_page.emulate_media(media="print")

    assert browser_page.locator(".excerpt").is_visible()
    assert not browser_page.locator(".footer").is_visible()
    assert not browser_page.locator(".masthead .button").is_visible()
    assert not any(one.is_visible() for one in browser_page.locator(".ask").all())
    printed = browser_page.evaluate(
        "getComputedStyle(document.querySelector('.full-story'), '::after').content"
    )
    assert "harbourwire.example" in printed or "attr(href)" in printed


def test_pictures_below_the_fold_wait_and_the_first_one_does_not(browser_page, live_site, paths):
    browser_page.goto(live_site.url + paths["story"])

    first, second = browser_page.locator(".plate img").all()

    assert first.get_attribute("fetchpriority") == "high" and first.get_attribute("loading") is None
    assert second.get_attribute("loading") == "lazy"
    assert all(one.get_attribute("width") and one.get_attribute("height") for one in (first, second))
    assert first.evaluate("e => e.currentSrc").endswith((".avif", ".webp"))


def test_a_small_screen_takes_a_small_picture(open_page, live_site, paths):
    page = open_page(viewport={"width": 360, "height": 700}, device_scale_factor=1)
    page.goto(live_site.url + paths["story"])

    image = page.locator(".plate img").first

    assert image.evaluate("e => e.complete && e.naturalWidth") in (400, 360)
