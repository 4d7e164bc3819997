"""The code after the password: who must give it, what opens without it (nothing), and lost phones."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from factories import PASSWORD
from wagtail.models import PageViewRestriction

from home.models import SignInSettings
from home.secondstep import devices

pytestmark = pytest.mark.django_db


def code_of(device) -> str:
    return f"{totp(device.bin_key):06d}"


def wrong_code_of(device) -> str:
    near = {totp(device.bin_key, drift=drift) for drift in range(-3, 4)}
    return next(f"{n:06d}" for n in range(100) if n not in near)


def password_given(username="editor", address="203.0.113.7") -> Client:
    client = Client(REMOTE_ADDR=address)
    assert client.post("/admin/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def device(editor):
    made = TOTPDevice.objects.create(user=editor, name="authenticator", confirmed=True)
    made.codes = devices.new_recovery_codes(editor)
    return made


def require_of(*names: str, administrators=False) -> None:
    rules = SignInSettings.load()
    rules.second_step_groups.set(Group.objects.filter(name__in=names))
    rules.second_step_for_administrators = administrators
    rules.save()


def test_the_password_alone_opens_nothing(device, page_tree):
    PageViewRestriction.objects.create(page=page_tree.region, restriction_type="login")
    client = password_given()

    for path in ("/admin/", "/admin/pages/", "/admin/images/", "/admin/account/", "/admin/login/"):
        answer = client.get(path)
        assert answer.status_code == 302 and answer["Location"].startswith("/admin/second-step/?next=")
    assert client.get(page_tree.region.url).status_code == 302
    assert client.post("/admin/images/add/", {}).status_code == 302
    assert client.get("/admin/second-step/manage/")["Location"] == "/admin/second-step/"
    assert (
        client.post("/admin/second-step/off/", {"code": wrong_code_of(device)})["Location"]
        == "/admin/second-step/"
    )


def test_the_code_opens_and_leads_on(device):
    client = password_given()

    answer = client.post("/admin/second-step/", {"code": code_of(device), "next": "/admin/images/"})

    assert answer["Location"] == "/admin/images/"
    assert client.get("/admin/account/").status_code == 200


def test_the_session_has_another_key_after_the_code(device):
    client = password_given()
    before = client.session.session_key

    client.post("/admin/second-step/", {"code": code_of(device)})

    assert client.session.session_key != before


def test_a_code_opens_once(device):
    code = code_of(device)
    password_given().post("/admin/second-step/", {"code": code})
    other = password_given()

    answer = other.post("/admin/second-step/", {"code": code})

    assert answer.status_code == 200
    assert other.get("/admin/").status_code == 302


def test_codes_cannot_be_tried_out(device):
    client = password_given()

    answers = [
        client.post("/admin/second-step/", {"code": wrong_code_of(device)}).status_code for _ in range(8)
    ]

    assert answers[0] == 200 and answers[-1] == 429
    assert client.post("/admin/second-step/", {"code": device.codes[0]}).status_code == 429
    owner = password_given(address="198.51.100.20")
    assert owner.post("/admin/second-step/", {"code": device.codes[0]}).status_code == 302


@pytest.mark.parametrize(
    "code", ["", "12345", "abcdef", "１２３４５６", "0" * 500, "' or 1=1", "\x00", "123 456"]
)
def test_odd_codes_are_refused_in_words(device, code):
    answer = password_given().post("/admin/second-step/", {"code": code})

    assert answer.status_code == 200
    assert answer.context["form"].errors["code"]


def test_a_recovery_code_opens_once(device):
    first, second = password_given(), password_given()
    code = device.codes[3]

    assert first.post("/admin/second-step/", {"code": f" {code[:5]}-{code[5:].upper()} "}).status_code == 302
    assert first.get("/admin/account/").status_code == 200
    assert second.post("/admin/second-step/", {"code": code}).status_code == 200
    assert devices.recovery_codes_left(device.user) == 9


def test_somebody_elses_code_opens_nothing(device, moderator):
    TOTPDevice.objects.create(user=moderator, confirmed=True)
    client = password_given("moderator")

    assert client.post("/admin/second-step/", {"code": code_of(device)}).status_code == 200
    assert client.post("/admin/second-step/", {"code": device.codes[0]}).status_code == 200


def test_setting_up_needs_a_code_from_the_new_authenticator(editor):
    client = password_given()
    page = client.get("/admin/second-step/setup/").content.decode()
    new = TOTPDevice.objects.get(user=editor)

    assert "data:image/svg+xml" in page
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert len(shown) >= 32
    assert client.post("/admin/second-step/setup/", {"code": wrong_code_of(new)}).status_code == 200
    assert devices.authenticator_of(editor) is None

    new.refresh_from_db()
    new.throttle_reset()
    answer = client.post("/admin/second-step/setup/", {"code": code_of(new)})
    codes = re.findall(r"<code>([a-z0-9]{10})</code>", answer.content.decode())
    assert len(set(codes)) == 10
    assert devices.authenticator_of(editor) == new
    assert client.get("/admin/account/").status_code == 200
    other = password_given()
    assert other.get("/admin/").status_code == 302
    assert other.post("/admin/second-step/", {"code": codes[0]}).status_code == 302


def test_a_password_alone_cannot_replace_an_authenticator(device):
    client = password_given()

    answer = client.get("/admin/second-step/setup/")

    assert answer["Location"] == "/admin/second-step/"
    assert TOTPDevice.objects.filter(user=device.user).count() == 1


def test_a_group_can_be_asked_for_codes(editor, moderator):
    require_of("Editors")

    asked, free = password_given("editor"), password_given("moderator")

    assert asked.get("/admin/")["Location"].startswith("/admin/second-step/")
    assert asked.get("/admin/second-step/")["Location"].startswith("/admin/second-step/setup/")
    assert free.get("/admin/account/").status_code == 200


def test_administrators_can_be_asked_for_codes(admin):
    require_of(administrators=True)

    assert password_given("admin").get("/admin/")["Location"].startswith("/admin/second-step/")


def test_an_authenticator_goes_against_a_code(device):
    client = password_given()
    client.post("/admin/second-step/", {"code": device.codes[0]})

    client.post("/admin/second-step/off/", {"code": "000000"})
    assert devices.authenticator_of(device.user)

    client.post("/admin/second-step/off/", {"code": device.codes[1]})
    assert devices.authenticator_of(device.user) is None
    assert password_given().get("/admin/account/").status_code == 200


def test_new_recovery_codes_end_the_old_ones(device):
    client = password_given()
    client.post("/admin/second-step/", {"code": device.codes[0]})

    answer = client.post("/admin/second-step/renew/", {"code": device.codes[1]})

    fresh = re.findall(r"<code>([a-z0-9]{10})</code>", answer.content.decode())
    assert len(fresh) == 10
    assert password_given().post("/admin/second-step/", {"code": device.codes[2]}).status_code == 200
    assert password_given().post("/admin/second-step/", {"code": fresh[0]}).status_code == 302


def test_the_command_helps_who_has_lost_everything(device):
    out = StringIO()

    call_command("reset_second_step", "editor", stdout=out)

    assert "2 taken away" in out.getvalue()
    assert password_given().get("/admin/account/").status_code == 200
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_second_step", "nobody")


def test_strangers_are_sent_to_the_sign_in():
    for path in ("", "setup/", "manage/"):
        assert Client().get(f"/admin/second-step/{path}")["Location"] == "/admin/login/"
    for path in ("renew/", "off/"):
        assert Client().post(f"/admin/second-step/{path}", {"code": "1"})["Location"] == "/admin/login/"


def test_pages_with_secrets_are_not_kept_by_caches(device, moderator):
    client = password_given("moderator")

    assert "no-store" in client.get("/admin/second-step/setup/")["Cache-Control"]


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)"]
)
def test_the_way_on_stays_on_the_site(device, target):
    client = password_given()

    answer = client.post("/admin/second-step/", {"code": code_of(device), "next": target})

    assert answer["Location"] == "/admin/"


def test_the_account_page_leads_to_it(client, editor):
    client.force_login(editor)

    assert "/admin/second-step/manage/" in client.get("/admin/account/").content.decode()


def test_who_has_no_code_can_leave(device):
    client = password_given()

    assert client.post("/admin/second-step/leave/")["Location"] == "/admin/login/"
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def test_what_the_page_for_the_code_is_made_of_is_there(device):
    client = password_given()

    assert "<svg" in client.get("/admin/sprite/").content.decode()
    assert client.get("/admin/jsi18n/").status_code == 200
