"""Gifts by post and of the past: one by one and from a file, once each, into the same books."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from factories import make_gift, make_user
from wagtail.models import ModelLogEntry

from donate.models import Donor, Gift
from donate.totals import with_totals

pytestmark = pytest.mark.django_db
HEAD = "date,amount,currency,name,email,campaign,method,reference\n"


@pytest.fixture
def desk(client, page_tree, fundraiser):
    client.force_login(fundraiser)
    return client


def one(**changes) -> dict:
    return {
        "date": "2026-03-02",
        "amount": "1,250.50",
        "currency": "usd",
        "name": "Grace Hopper",
        "email": "",
        "campaign": "winter-relief",
        "designation": "",
        "method": "cheque",
        "reference": "No. 1184",
    } | changes


def look(client, text: str):
    file = SimpleUploadedFile("gifts.csv", text.encode())
    return client.post(reverse("donate_enter_file"), {"file": file})


def confirm(client, text: str, **fields):
    return client.post(reverse("donate_enter_file"), {"text": text, "confirmed": "on"} | fields)


def test_a_cheque_stands_in_the_ledger_like_any_other_gift(desk, fundraiser):
    answer = desk.post(reverse("donate_enter_gift"), one())

    gift = with_totals(Gift.objects.all()).get()
    assert answer["Location"] == reverse("gifts:inspect", args=[gift.pk])
    assert (gift.amount_minor, gift.state, gift.net_minor, gift.method) == (
        125050,
        "succeeded",
        125050,
        "cheque",
    )
    assert gift.receipt.number
    assert ModelLogEntry.objects.get(action="donate.entered").user == fundraiser
    assert mail.outbox == []


@pytest.mark.parametrize("mails, sent", [("on", 1), ("", 0)])
def test_a_receipt_is_mailed_only_when_asked_for(mails, sent, desk, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("donate_enter_gift"), one(email="grace@navy.example", mails=mails))

    assert len(mail.outbox) == sent


def test_the_same_gift_is_entered_again_only_on_purpose(desk):
    desk.post(reverse("donate_enter_gift"), one())

    refused = desk.post(reverse("donate_enter_gift"), one())
    desk.post(reverse("donate_enter_gift"), one(again="on"))

    assert refused.status_code == 400
    assert "This looks like" in refused.content.decode()
    assert Gift.objects.count() == 2
    assert Donor.objects.count() == 1


@pytest.mark.parametrize(
    "fault",
    [{"date": "2190-01-01"}, {"date": "14.3.2026"}, {"amount": "1.250"}, {"amount": "-5"}, {"amount": "0"},
     {"currency": "xxx"}, {"email": "nobody"}, {"campaign": "unknown"}, {"method": "stripe"}],
)  # fmt: skip
def test_a_fault_is_said_and_nothing_is_entered(fault, desk):
    single = desk.post(reverse("donate_enter_gift"), one(**fault))
    row = one(**fault)
    text = HEAD + ",".join(f'"{row[name]}"' for name in HEAD.strip().split(","))
    file = confirm(desk, text)

    assert single.status_code == 400
    assert "1 row has a fault" in file.content.decode()
    assert not Gift.objects.exists()


def test_a_file_is_looked_at_before_it_is_entered(desk):
    text = (
        HEAD
        + '2026-01-05,50,usd,Ada,ada@d.example,winter-relief,transfer,A1\n2026-01-06,20,eur,"Lovelace, B",,Winter relief,,\n'
    )

    page = look(desk, text).content.decode()

    assert "2 rows." in page
    assert "$50" in page
    assert not Gift.objects.exists()
    assert confirm(desk, text).status_code == 302
    assert sorted(Gift.objects.values_list("amount_minor", "currency")) == [(2000, "eur"), (5000, "usd")]


def test_a_file_sent_twice_enters_its_gifts_once(desk):
    text = HEAD + "2026-01-05,50,usd,Ada,ada@d.example,winter-relief,transfer,A1\n"

    confirm(desk, text)
    confirm(desk, text)

    assert Gift.objects.count() == 1


def test_a_row_that_is_there_twice_and_one_known_from_stripe_are_pointed_out(desk, page_tree):
    made = make_gift(page_tree.campaign)
    line = f"2026-03-14,50,usd,Ada Donor,{made.donor.email},winter-relief,transfer,\n"

    page = look(desk, HEAD + line + line).content.decode()

    assert "2 rows look like gifts that are there" in page


def test_semicolons_and_a_byte_order_mark_are_read(desk):
    text = "\ufeffDate;Amount;Campaign;Name\n2026-01-05;12,50;winter-relief;Jörg\n"

    assert confirm(desk, text).status_code == 302
    assert Gift.objects.get().amount_minor == 1250
    assert Donor.objects.get().name == "Jörg"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00bad", b"", b"just words", b'date,amount,campaign\n"open'])
def test_what_is_no_list_of_gifts_is_a_form_error(data, desk):
    file = SimpleUploadedFile("gifts.csv", data)

    answer = desk.post(reverse("donate_enter_file"), {"file": file})

    assert answer.status_code in (200, 400)
    assert not Gift.objects.exists()


@pytest.mark.parametrize("who", ["editor", "moderator", "outsider"])
def test_nobody_else_enters_gifts(who, client, page_tree, request):
    client.force_login(request.getfixturevalue(who))

    client.post(reverse("donate_enter_gift"), one())
    confirm(client, HEAD + "2026-01-05,50,usd,Ada,,winter-relief,transfer,A1\n")

    assert not Gift.objects.exists()


def test_looking_at_gifts_is_no_permission_to_enter_them(client, page_tree):
    from django.contrib.auth.models import Permission

    reader = make_user("reader")
    reader.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_gift"]))
    client.force_login(reader)

    assert client.post(reverse("donate_enter_gift"), one()).status_code == 302
    assert not Gift.objects.exists()
