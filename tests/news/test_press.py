"""The press contact: read by people, collected by nobody, and a letter that needs no mail program."""

import re

import pytest
from django.core import mail

from home.models import OrganisationSettings

pytestmark = pytest.mark.django_db

LETTER = {
    "name": "Noor Haddad",
    "outlet": "Harbour Wire",
    "email": "noor@wire.example",
    "deadline": "Friday noon",
    "message": "May we speak\nto the author?",
}


@pytest.fixture
def newsroom_mail(page_tree, story):
    organisation = OrganisationSettings.load()
    organisation.press_email = "press@dateline.example"
    organisation.save()
    return organisation


def test_no_public_output_has_the_address_in_plain_form(client, page_tree, story, newsroom_mail):
    page_tree.region.press_email = "desk.east@dateline.example"
    page_tree.region.save()
    places = ["/", f"/news/{story.slug}/", "/regions/middle-east/", "/press/letter/", "/news/feed/"]
    places += ["/news/feed/?format=json", "/news/feed/?format=atom", f"/press/letter/?story={story.slug}"]

    for place in places:
        html = client.get(place).content.decode()
        assert not re.search(r"(press|desk\.east)(@|%40|&#0*64;|&#x0*40;|&commat;)", html), place


def test_people_read_it_and_find_the_form(client, page_tree, story, newsroom_mail):
    html = client.get(f"/news/{story.slug}/").content.decode()

    assert "press [at] dateline [dot] example" in html
    assert f'href="/press/letter/?story={story.slug}"' in html


def test_a_letter_goes_to_the_press_contact_with_the_way_to_answer(client, story, newsroom_mail):
    answer = client.post(f"/press/letter/?story={story.slug}", LETTER)

    assert (answer.status_code, answer.url) == (303, "/press/letter/?sent=1")
    assert not answer.cookies
    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to) == (["press@dateline.example"], ["noor@wire.example"])
    assert story.title in sent.subject
    assert f"http://localhost/news/{story.slug}/" in sent.body
    assert all(word in sent.body for word in LETTER.values())
    assert "on its way" in client.get(answer.url).content.decode()


def test_a_regions_own_desk_gets_its_letters(client, page_tree, story, newsroom_mail):
    page_tree.region.press_email = "east@dateline.example"
    page_tree.region.save()

    client.post("/press/letter/?region=middle-east", LETTER)
    client.post(f"/press/letter/?story={story.slug}", LETTER)
    client.post("/press/letter/?story=no-such-story&region=no/such", LETTER)

    assert [sent.to[0].partition("@")[0] for sent in mail.outbox] == ["east", "east", "press"]


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "noor@wire.example\r\nBcc: all@wire.example"},
        {"email": ""},
        {"message": ""},
        {"message": "x" * 5001},
        {"name": "Noor\x00"},
    ],
)
def test_nonsense_is_said_beside_the_field_and_nothing_is_lost(client, newsroom_mail, fields):
    answer = client.post("/press/letter/", LETTER | fields)

    html = answer.content.decode()
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in html and "Nothing has been sent." in html and "Harbour Wire" in html
    assert mail.outbox == []


def test_other_sites_and_machines_send_nothing(client, newsroom_mail):
    foreign = client.post("/press/letter/", LETTER, headers={"Origin": "https://elsewhere.example"})
    machine = client.post("/press/letter/", LETTER | {"website": "https://spam.example"})

    assert (foreign.status_code, machine.status_code) == (403, 303)
    assert mail.outbox == []


def test_a_flood_from_one_network_is_stopped(client, newsroom_mail):
    addresses = [f"203.0.113.{number}" for number in range(7)] + ["198.51.100.7"]

    statuses = [client.post("/press/letter/", LETTER, REMOTE_ADDR=one).status_code for one in addresses]

    assert statuses == [303] * 6 + [429, 303]


def test_a_dead_mail_server_gives_the_letter_back(client, newsroom_mail, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    answer = client.post("/press/letter/", LETTER)

    assert answer.status_code == 503
    assert "May we speak" in answer.content.decode()


def test_without_a_press_contact_there_is_no_form(client, page_tree):
    assert client.get("/press/letter/").status_code == 404
