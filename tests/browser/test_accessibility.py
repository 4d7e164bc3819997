"""axe-core finds nothing on any public page: narrow and wide, light and dark, left to right and right to left."""

import pytest
from axe_playwright_python.sync_playwright import Axe

LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]


@pytest.fixture
def addresses(live_site, small_site):
    return {name: live_site.url + path for name, path in small_site.paths.items()}


def faults(page, addresses: dict[str, str], looks: list[tuple[int, str]]) -> list[str]:
    """What axe-core says of each page in each look, one line a fault."""
    found = []
    for name, address in addresses.items():
        page.goto(address)
        assert page.get_by_role("main").is_visible(), name
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for fault in Axe().run(page).response["violations"]:
                where = f"{name} {width} {scheme}"
                found += [
                    f"{where}: {fault['id']}: {node['target']} {fault['help']}" for node in fault["nodes"]
                ]
    return found


@pytest.mark.slow
def test_axe_finds_nothing_on_any_public_page(browser_page, addresses):
    assert faults(browser_page, addresses, LOOKS) == []


def test_axe_finds_nothing_when_a_gift_form_has_errors(browser_page, addresses):
    browser_page.goto(addresses["campaign"])
    browser_page.get_by_role("button", name="Continue to payment").click()
    browser_page.get_by_role("alert").wait_for()

    found = Axe().run(browser_page).response["violations"]

    assert [fault["id"] for fault in found] == []
    assert browser_page.title().startswith("Error:")


@pytest.mark.slow
def test_axe_finds_nothing_right_to_left(browser_page, addresses, settings):
    settings.LANGUAGE_CODE = "ar"
    main = {name: addresses[name] for name in ("home", "newsroom", "story", "campaign", "search")}

    assert faults(browser_page, main, [(1280, "light")]) == []


def test_axe_itself_finds_a_fault_that_is_there(browser_page, addresses):
    browser_page.goto(addresses["story"])
    browser_page.evaluate("document.querySelector('.plate img').removeAttribute('alt')")

    found = Axe().run(browser_page).response["violations"]

    assert "image-alt" in [fault["id"] for fault in found]
