"""Doors with a password: limits that nobody can turn against the owner, and answers that tell nothing."""

import re
import time

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from factories import PASSWORD
from wagtail.models import PageViewRestriction

from home.models import User
from home.signin import send_password_reset

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
DOORS = ["/admin/login/", "/_util/login/"]


def sign_in(client, door, username, password, address="203.0.113.7", **headers):
    return client.post(
        door, {"username": username, "password": password}, REMOTE_ADDR=address, headers=headers or None
    )


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture(params=DOORS)
def door(request):
    return request.param


def test_after_some_wrong_passwords_the_right_one_does_not_open(client, editor, door, settings):
    answers = [sign_in(client, door, "editor", f"wrong {n}").status_code for n in range(20)]

    assert answers[0] == 200
    assert set(answers[settings.SIGN_IN_FAILURES :]) == {429}
    assert sign_in(client, door, "editor", PASSWORD).status_code == 429
    assert not is_in(client)


def test_the_owner_signs_in_from_elsewhere_meanwhile(client, editor, door):
    for n in range(20):
        sign_in(client, door, "editor", f"wrong {n}")

    owner = Client()
    assert sign_in(owner, door, "editor", PASSWORD, address="198.51.100.20").status_code == 302
    assert is_in(owner)


def test_doors_share_their_limits(client, editor, settings):
    for n in range(settings.SIGN_IN_FAILURES):
        sign_in(client, DOORS[n % 2], "editor", f"wrong {n}")

    assert [sign_in(client, door, "editor", PASSWORD).status_code for door in DOORS] == [429, 429]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "198.51.100.{n}"},
        {"x-real-ip": "198.51.100.{n}"},
        {"forwarded": "for=198.51.100.{n}"},
        {"x-forwarded-for": "198.51.100.{n}, 127.0.0.1"},
        {"user-agent": "browser {n}"},
        {"cookie": "sessionid={n}"},
    ],
)
def test_headers_of_the_client_do_not_help(client, editor, headers):
    for n in range(10):
        sign_in(client, DOORS[0], "editor", f"wrong {n}", **{k: v.format(n=n) for k, v in headers.items()})

    assert sign_in(client, DOORS[0], "editor", PASSWORD).status_code == 429


def test_neighbouring_addresses_are_one_network(client, editor):
    for n in range(10):
        sign_in(client, DOORS[0], "editor", "wrong", address=f"203.0.113.{n}")
        sign_in(client, DOORS[0], "admin", "wrong", address=f"2001:db8:5:{n}::1")

    assert sign_in(client, DOORS[0], "editor", PASSWORD, address="203.0.113.200").status_code == 429
    assert sign_in(client, DOORS[0], "admin", PASSWORD, address="2001:db8:5:99::1").status_code == 429


def test_one_network_that_tries_many_accounts_is_stopped(client, editor, settings):
    for n in range(settings.SIGN_IN_FAILURES_PER_NETWORK):
        sign_in(client, DOORS[0], f"somebody{n}", "123456")

    assert sign_in(client, DOORS[0], "editor", PASSWORD).status_code == 429
    assert sign_in(Client(), DOORS[0], "editor", PASSWORD, address="198.51.100.20").status_code == 302


def test_the_pause_ends(client, editor, frozen_time, settings):
    for n in range(10):
        sign_in(client, DOORS[0], "editor", f"wrong {n}")

    frozen_time.shift(settings.SIGN_IN_PAUSE_MINUTES * 60 + 1)

    assert sign_in(client, DOORS[0], "editor", PASSWORD).status_code == 302


def test_wrong_tries_from_before_are_forgotten_by_a_right_one(client, editor, settings):
    for _ in range(3):
        for n in range(settings.SIGN_IN_FAILURES - 1):
            sign_in(client, DOORS[0], "editor", f"wrong {n}")
        assert sign_in(client, DOORS[0], "editor", PASSWORD).status_code == 302
        client.logout()


# Words and time ------------------------------------------------------------------------------------


def words(answer) -> str:
    """The page without what is random in every answer, and without the name that was typed."""
    text = re.sub("[A-Za-z0-9]{64}", "TOKEN", answer.content.decode())
    return text.replace("editor", "NAME").replace("nobody", "NAME")


def test_known_and_unknown_accounts_read_the_same(client, editor, door):
    User.objects.create_user("retired", password=PASSWORD, is_active=False)

    known = sign_in(Client(), door, "editor", "wrong")
    unknown = sign_in(Client(), door, "nobody", "wrong")
    retired = sign_in(Client(), door, "retired", PASSWORD)

    assert known.status_code == unknown.status_code == retired.status_code == 200
    assert words(known) == words(unknown) == words(retired).replace("retired", "NAME")


def test_known_and_unknown_accounts_are_locked_alike(client, editor, door):
    known = [sign_in(Client(), door, "editor", "wrong") for _ in range(8)]
    unknown = [sign_in(Client(), door, "nobody", "wrong", address="198.51.100.9") for _ in range(8)]

    assert [a.status_code for a in known] == [a.status_code for a in unknown]
    assert words(known[-1]) == words(unknown[-1])


def test_known_and_unknown_accounts_take_the_same_time(editor, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.SIGN_IN_FAILURES_PER_NETWORK = settings.AXES_FAILURE_LIMIT = 1000
    editor.set_password(PASSWORD)
    editor.save()
    client, taken = Client(), {"editor": [], "nobody": []}

    for _ in range(4):
        for name, times in taken.items():
            began = time.process_time()
            sign_in(client, DOORS[0], name, "wrong")
            times.append(time.process_time() - began)

    known, unknown = min(taken["editor"]), min(taken["nobody"])
    assert abs(known - unknown) < 0.35 * max(known, unknown)


def test_a_forgotten_password_says_the_same_to_everybody_and_writes_later(client, editor, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["fast"]}}

    answers = [
        client.post(reverse("wagtailadmin_password_reset"), {"email": email})
        for email in (editor.email, "nobody@elsewhere.example")
    ]

    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/admin/password_reset/done/")] * 2
    assert mail.outbox == []
    for waiting in DBTaskResult.objects.order_by("enqueued_at"):
        send_password_reset.call(**waiting.args_kwargs["kwargs"])
    assert [m.to for m in mail.outbox] == [[editor.email]]
    assert "http://localhost/admin/password_reset/confirm/" in mail.outbox[0].body


def test_nobodys_mailbox_is_flooded(client, editor):
    answers = [
        client.post(reverse("wagtailadmin_password_reset"), {"email": editor.email}).status_code
        for _ in range(20)
    ]

    assert answers[-1] == 429
    assert len(mail.outbox) <= 5


# Private pages -------------------------------------------------------------------------------------


def test_the_password_of_a_private_page_cannot_be_tried_out(client, page_tree):
    restriction = PageViewRestriction.objects.create(
        page=page_tree.region, restriction_type="password", password="open sesame"
    )
    address = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page_tree.region.pk])

    def attempt(password, network):
        data = {"password": password, "return_url": page_tree.region.url}
        return Client().post(address, data, REMOTE_ADDR=network).status_code

    guesses = [attempt(f"guess {n}", "203.0.113.7") for n in range(20)]

    assert guesses[0] == 200 and guesses[-1] == 429
    assert attempt("open sesame", "203.0.113.7") == 429
    assert attempt("open sesame", "198.51.100.20") == 302


# Sessions ------------------------------------------------------------------------------------------


def test_other_sessions_end_when_the_password_changes(editor):
    here, elsewhere = Client(), Client()
    sign_in(here, DOORS[0], "editor", PASSWORD)
    sign_in(elsewhere, DOORS[0], "editor", PASSWORD)
    assert elsewhere.get("/admin/account/").status_code == 200

    form = here.get("/admin/account/").context["panels_by_tab"]
    data = {
        field.html_name: field.value() or ""
        for panels in form.values()
        for panel in panels
        for field in panel.get_form()
    }
    data |= {
        "name_email-first_name": "Eddie",
        "name_email-last_name": "Tor",
        "password-old_password": PASSWORD,
        "password-new_password1": "an even longer phrase 7",
        "password-new_password2": "an even longer phrase 7",
    }
    assert here.post("/admin/account/", data).status_code == 302

    assert elsewhere.get("/admin/account/").status_code == 302
    assert here.get("/admin/account/").status_code == 200


def test_signing_in_leaves_no_name_and_no_address_in_the_logs(client, editor, log_canary):
    for n in range(8):
        sign_in(client, DOORS[0], "editor", f"secret{n}", address="203.0.113.77")

    assert "secret" not in log_canary.text
    assert "203.0.113" not in log_canary.text


def test_the_sign_in_page_says_whose_site_it_is(client, page_tree):
    assert "Sign in to Dateline" in client.get("/admin/login/").content.decode()


def test_a_site_without_a_story_says_who_will_publish(client, page_tree):
    page = client.get("/").content.decode()

    assert "<h1>Dateline</h1>" in page and ">Press</h2>" not in page
