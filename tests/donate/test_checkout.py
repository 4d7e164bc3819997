"""One form, one checkout: repeats, changes, and Stripe in all its moods."""

from concurrent.futures import ThreadPoolExecutor

import givers
import pytest

from donate.models import Checkout, Gift

pytestmark = pytest.mark.django_db


def test_the_same_form_twice_is_the_same_page(client, sandbox, campaign):
    data = givers.filled(client, campaign)

    first, second = givers.send(client, campaign, data), givers.send(client, campaign, data)

    assert first["Location"] == second["Location"]
    assert len(sandbox.all("checkout.session")) == Checkout.objects.count() == 1


def test_a_changed_form_closes_the_first_page_and_opens_another(client, sandbox, campaign):
    data = givers.filled(client, campaign)
    first = givers.send(client, campaign, data)

    second = givers.send(client, campaign, data | {"amount_other": "75"})

    states = {session["id"]: session["status"] for session in sandbox.all("checkout.session")}
    assert first["Location"] != second["Location"]
    assert sorted(states.values()) == ["expired", "open"]
    assert [row.state for row in Checkout.objects.order_by("pk")] == ["expired", "open"]


def test_a_form_that_is_paid_leads_to_thanks(client, sandbox, campaign):
    data = givers.filled(client, campaign)
    session = givers.send(client, campaign, data)["Location"].rsplit("/", 1)[-1]
    sandbox.pay(session=session)

    before_events = givers.send(client, campaign, data)
    changed = givers.send(client, campaign, data | {"amount_other": "75"})
    sandbox.deliver(client)
    after_events = givers.send(client, campaign, data)

    for answer in (before_events, changed, after_events):
        assert answer.status_code == 303
        assert answer["Location"] == f"/giving/thanks/?session_id={session}"
    assert Gift.objects.count() == len(sandbox.all("checkout.session")) == 1


@pytest.mark.parametrize("attempt", [None, "", "x", "../../etc", "é" * 40, "0" * 500])
def test_a_missing_or_malformed_attempt_is_a_new_one(client, sandbox, campaign, attempt):
    data = givers.filled(client, campaign, attempt=attempt)

    first, second = givers.send(client, campaign, data), givers.send(client, campaign, data)

    assert first.status_code == second.status_code == 303
    assert first["Location"] != second["Location"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"status": "500"}, 503),
        ({"status": "503"}, 503),
        ({"status": "429"}, 503),
        ({"status": "409"}, 503),
        ({"status": "400"}, 502),
        ({"status": "401"}, 502),
        ({"status": "402"}, 502),
        ({"garbage": "yes"}, 503),
        ({"drop": "yes"}, 503),
    ],
    ids=lambda value: str(value),
)
def test_when_stripe_fails_the_form_stays_filled_and_a_retry_makes_one_page(
    client, sandbox, campaign, fault, status
):
    data = givers.filled(client, campaign, comment="My own words")
    sandbox.fault(times="3", path="/v1/checkout/sessions", **fault)

    failed = givers.send(client, campaign, data)
    sandbox.box.store.set_option("faults", [])
    retried = givers.send(client, campaign, data)

    page = failed.content.decode()
    assert failed.status_code == status
    assert "Nothing has been charged" in page and "My own words" in page and data["attempt"] in page
    assert "Traceback" not in page and "sk_test" not in page
    assert retried.status_code == 303
    assert Checkout.objects.count() == 1
    assert [item["status"] for item in sandbox.all("checkout.session")] == ["open"]


def test_an_answer_lost_after_the_work_is_found_again_under_the_same_key(client, sandbox, campaign):
    data = givers.filled(client, campaign)
    sandbox.fault(times="3", path="/v1/checkout/sessions", drop="yes", after="yes")

    failed = givers.send(client, campaign, data)
    sandbox.box.store.set_option("faults", [])
    retried = givers.send(client, campaign, data)

    assert (failed.status_code, retried.status_code) == (503, 303)
    (session,) = sandbox.all("checkout.session")
    assert retried["Location"].endswith(session["id"])


@pytest.mark.django_db(transaction=True)
def test_ten_identical_posts_at_once_open_one_page(sandbox, campaign):
    from django.db import connection
    from django.test import Client

    data = givers.filled(Client(), campaign)

    def post(_):
        try:
            return givers.send(Client(), campaign, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(post, range(10)))

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer["Location"] for answer in answers}) == 1
    assert len(sandbox.all("checkout.session")) == Checkout.objects.count() == 1


def test_the_event_that_comes_before_the_answer_finds_its_row(client, sandbox, campaign):
    """Stripe's answer to the creation is lost; the payment's events arrive all the same."""
    data = givers.filled(client, campaign)
    sandbox.fault(times="3", path="/v1/checkout/sessions", drop="yes", after="yes")
    givers.send(client, campaign, data)
    sandbox.box.store.set_option("faults", [])
    (session,) = sandbox.all("checkout.session")

    sandbox.pay(session=session["id"])
    sandbox.deliver(client)

    assert Gift.objects.get().stripe_checkout_session_id == session["id"]
    assert Checkout.objects.get().state == "completed"
