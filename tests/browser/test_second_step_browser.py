"""A member of staff sets up an authenticator and signs in with it, in a real browser."""

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from factories import PASSWORD
from playwright.sync_api import expect


@pytest.fixture
def sign_in(browser_page, live_site):
    def with_password():
        browser_page.goto(f"{live_site.url}/admin/login/")
        browser_page.get_by_label("Username").fill("editor")
        browser_page.get_by_label("Password").fill(PASSWORD)
        browser_page.get_by_role("button", name="Sign in").click()

    return with_password


def test_setting_up_and_signing_in(browser_page, live_site, page_tree, editor, sign_in):
    page = browser_page
    sign_in()
    page.goto(f"{live_site.url}/admin/account/")
    page.get_by_role("tab", name="More actions").click()
    page.get_by_role("link", name="Two-step sign-in").click()
    page.get_by_role("link", name="Set up an authenticator").click()

    picture = page.get_by_alt_text("The key as a QR code")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 50")
    device = TOTPDevice.objects.get(user=editor)
    page.get_by_label("Code").fill(f"{totp(device.bin_key):06d}")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    code = page.locator("li code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url(f"{live_site.url}/admin/")

    page.context.clear_cookies()
    sign_in()
    expect(page.get_by_role("heading", level=1)).to_have_text("One step more")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("status").get_by_text("This code is not right")).to_be_visible()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{live_site.url}/admin/")
