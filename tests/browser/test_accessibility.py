"""axe-core finds nothing on any public page: narrow and wide, light and dark, left to right and right to left."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from small_site import make_small_site

LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]


@pytest.fixture
def addresses(live_site, page_tree):
    return {name: live_site.url + path for name, path in make_small_site(page_tree).items()}


def faults(chromium, addresses: dict[str, str], width: int, scheme: str) -> list[str]:
    """What axe-core says of each page, one line a fault."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page, found = context.new_page(), []
    for name, address in addresses.items():
        page.goto(address)
        assert page.get_by_role("main").is_visible(), name
        for fault in Axe().run(page).response["violations"]:
            found += [f"{name}: {fault['id']}: {node['target']} {fault['help']}" for node in fault["nodes"]]
    context.close()
    return found


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_on_any_public_page(chromium, addresses, width, scheme):
    assert faults(chromium, addresses, width, scheme) == []


def test_axe_finds_nothing_when_a_gift_form_has_errors(chromium, browser_page, addresses):
    browser_page.goto(addresses["campaign"])
    browser_page.get_by_role("button", name="Continue to payment").click()
    browser_page.get_by_role("alert").wait_for()

    found = Axe().run(browser_page).response["violations"]

    assert [fault["id"] for fault in found] == []
    assert browser_page.title().startswith("Error:")


def test_axe_finds_nothing_right_to_left(chromium, addresses, settings):
    settings.LANGUAGE_CODE = "ar"

    assert faults(chromium, addresses, 1280, "light") == []


def test_axe_itself_finds_a_fault_that_is_there(browser_page, addresses):
    browser_page.goto(addresses["story"])
    browser_page.evaluate("document.querySelector('.plate img').removeAttribute('alt')")

    found = Axe().run(browser_page).response["violations"]

    assert "image-alt" in [fault["id"] for fault in found]
