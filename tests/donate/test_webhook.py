"""The webhook's door: what is Stripe's and what is not, what is stored, what is answered."""

import json
import time
from datetime import UTC, datetime

import givers
import pytest
from stripe import WebhookSignature

from donate.models import Gift, Message, StripeEvent

pytestmark = pytest.mark.django_db
SECRET = "whsec_sandbox_sample"


def event(**fields) -> dict:
    return {
        "id": "evt_1",
        "object": "event",
        "type": "customer.created",
        "livemode": False,
        "created": 1_770_000_000,
        "data": {"object": {"id": "cus_1", "object": "customer"}},
    } | fields


def signature(body: str, secret: str = SECRET, age: int = 0) -> str:
    return WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age)


def post(client, body, header=None, **extra):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    if header is None:
        header = signature(text if isinstance(text, str) else "")
    headers = {"Stripe-Signature": header} if header else {}
    return client.post("/giving/webhook/", text, content_type="application/json", headers=headers, **extra)


def test_a_good_signature_is_stored_once_and_answered_with_200(client):
    assert post(client, event()).status_code == 200
    assert post(client, event()).status_code == 200

    stored = StripeEvent.objects.get()
    assert (stored.event_id, stored.type, stored.object_id) == ("evt_1", "customer.created", "cus_1")
    assert stored.created_at == datetime.fromtimestamp(1_770_000_000, UTC)
    assert stored.processed_at and stored.ignored


BODY = json.dumps(event())
HOSTILE_HEADERS = {
    "missing": "",
    "garbled": "garbage",
    "non-ascii": "t=1,v1=é",
    "other secret": signature(BODY, "whsec_other"),
    "old": signature(BODY, age=310),
    "from the future": signature(BODY, age=-3600),
    "only v0": signature(BODY).replace("v1=", "v0="),
    "no time": "v1=" + signature(BODY).partition("v1=")[2],
    "endless": "t=1," + "v1=00," * 1000,
}


@pytest.mark.parametrize("case", HOSTILE_HEADERS)
def test_what_is_not_signed_by_stripe_is_refused_and_not_stored(client, case):
    answer = post(client, BODY, HOSTILE_HEADERS[case])

    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("age", [290, -290])
def test_a_clock_that_is_a_little_off_is_accepted(client, age):
    assert post(client, BODY, signature(BODY, age=age)).status_code == 200


def test_the_old_and_the_new_secret_are_both_accepted(client, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]

    assert post(client, BODY, signature(BODY)).status_code == 200
    assert post(client, BODY, signature(BODY, "whsec_new")).status_code == 200
    both = signature(BODY, "whsec_wrong") + "," + signature(BODY).partition(",")[2]
    assert post(client, BODY, both).status_code == 200


def test_an_empty_list_of_secrets_accepts_nothing(client, settings):
    settings.STRIPE_WEBHOOK_SECRETS = [""]

    assert post(client, BODY, signature(BODY, "x")).status_code == 400


HOSTILE_BODIES = {
    "a list": "[]",
    "null": "null",
    "a number": "7",
    "not json": "not json",
    "deep": "[" * 100_000,
    "no id": json.dumps({"object": "event", "type": "x"}),
    "an id that is no text": json.dumps(event(id=7)),
    "a NUL in the id": json.dumps(event(id="evt_\x00")),
    "data of another shape": json.dumps(event(data=[1])),
    "a time beyond time": json.dumps(event(created=10**20)),
}


@pytest.mark.parametrize("case", HOSTILE_BODIES)
def test_signed_nonsense_is_400_and_never_500(client, case):
    assert post(client, HOSTILE_BODIES[case]).status_code == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        {"data": None},
        {"data": {"object": None}},
        {"data": {"object": {"id": None}}},
        {"type": None},
        {"created": None},
    ],
)
def test_signed_events_that_lack_parts_are_stored_and_ignored(client, odd):
    assert post(client, event() | odd).status_code == 200
    assert StripeEvent.objects.get().ignored


def test_a_body_that_is_not_utf8_is_400(client):
    assert post(client, b"\xff\xfe", signature("")).status_code == 400


def test_a_body_over_the_cap_is_400_before_it_is_read_as_json(client):
    body = json.dumps(event(padding="x" * 1024 * 1024))

    assert post(client, body).status_code == 400
    assert not StripeEvent.objects.exists()


def test_other_methods_are_405(client):
    assert client.get("/giving/webhook/").status_code == 405


def test_no_cookie_is_needed_where_cookies_are_enforced(django_test_client_with_csrf):
    assert post(django_test_client_with_csrf, event()).status_code == 200


@pytest.fixture
def django_test_client_with_csrf():
    from django.test import Client

    return Client(enforce_csrf_checks=True)


def test_an_event_of_the_other_mode_is_stored_and_changes_nothing(client, sandbox, campaign, caplog):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)

    answer = post(
        client, event(livemode=True, type="checkout.session.completed", data={"object": {"id": session}})
    )

    assert answer.status_code == 200
    assert StripeEvent.objects.get().ignored == "other mode"
    assert not Gift.objects.exists()
    assert "other mode" in caplog.text


def test_an_unknown_type_and_a_newer_version_are_stored_with_200(client):
    answer = post(client, event(type="sun.rose", api_version="2031-01-01.fern"))

    assert answer.status_code == 200
    assert StripeEvent.objects.get().ignored == "not of use to us"


def test_thin_events_do_as_well_as_snapshots(client, sandbox, campaign):
    sandbox.settings(thin="yes")

    givers.give(client, sandbox, campaign)

    assert Gift.objects.get().received_at
    assert not StripeEvent.objects.filter(type__startswith="v1.").exists()


def test_an_event_about_an_object_that_is_not_there_is_stored_and_left(client, sandbox):
    answer = post(client, event(type="checkout.session.completed", data={"object": {"id": "cs_test_none"}}))

    assert answer.status_code == 200
    assert StripeEvent.objects.get().ignored == "not found under our key"


def test_a_failure_while_applying_leaves_no_partial_row_and_is_mended_by_the_next_delivery(
    client, sandbox, campaign
):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)
    (delivery,) = sandbox.waiting("checkout.session.completed")
    sandbox.fault(times="3", status="500")

    first = sandbox.post(client, delivery)
    after_first = (
        Gift.objects.count(),
        StripeEvent.objects.get().processed_at,
        StripeEvent.objects.get().error,
    )
    second = sandbox.post(client, delivery)

    assert (first.status_code, second.status_code) == (500, 200)
    assert after_first[:2] == (0, None) and after_first[2]
    assert Gift.objects.get().received_at
    assert StripeEvent.objects.get().error == ""


@pytest.mark.django_db(transaction=True)
def test_a_slow_mail_server_holds_no_delivery_up_and_the_mail_goes_out_once(
    client, sandbox, campaign, task_queue, mailoutbox
):
    givers.give(client, sandbox, campaign)
    assert not mailoutbox

    task_queue()
    task_queue()

    receipts = [mail for mail in mailoutbox if "ada@donor.example" in mail.to]
    assert len(receipts) == Message.objects.filter(kind="receipt", sent_at__isnull=False).count() == 1
