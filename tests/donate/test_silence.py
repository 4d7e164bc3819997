"""Webhooks that do not reach us are noticed: by the ready-check and at the top of the admin, never by a stranger's doing."""

from datetime import UTC, datetime

import givers
import pytest
from django.core.cache import cache
from django.urls import reverse

from donate import silence
from donate.models import StripeEvent

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 14, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_found_yet(frozen_time):
    """The clock of sandbox and site stands; what earlier tests left in the cache is gone."""
    cache.clear()
    frozen_time.move_to(MARCH)
    return frozen_time


def ready(client) -> dict:
    return client.get("/health/ready/").json()["checks"]


def asked_twice() -> str | None:
    silence.ask()
    assert silence.missed() is None, "a restart is no alarm"
    silence.ask()
    return silence.missed()


def test_events_that_stripe_had_and_we_did_not_get_raise_the_alarm_until_they_come(
    client, sandbox, campaign, frozen_time, fundraiser
):
    sandbox.settings(drop="yes", webhook_url="")
    sandbox.pay(session=givers.begin(client, campaign))
    assert asked_twice() is None, "it may still be on its way"

    frozen_time.shift(1900)

    assert asked_twice() == (
        "Stripe had events for us since 2026-03-14 09:00 UTC that did not arrive: "
        "no endpoint of test mode has this site's address."
    )
    assert "did not arrive" in ready(client)["webhooks"]
    client.force_login(fundraiser)
    assert "did not arrive" in client.get(reverse("wagtailadmin_home")).content.decode()
    sandbox.lost()
    sandbox.deliver(client)
    silence.ask()
    assert ready(client)["webhooks"] == "ok"
    assert "needs attention" not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_an_endpoint_that_stripe_switched_off_is_named(client, sandbox, campaign, frozen_time):
    sandbox.settings(drop="yes")
    sandbox.box.new("webhook_endpoint", url="http://localhost/giving/webhook/", status="disabled")
    sandbox.pay(session=givers.begin(client, campaign))
    frozen_time.shift(1900)

    assert asked_twice().endswith("Stripe has disabled the endpoint.")


def test_what_happened_before_our_time_is_no_silence(client, sandbox, campaign, frozen_time):
    sandbox.box.new("webhook_endpoint", url="http://localhost/giving/webhook/")
    sandbox.box.quiet = True
    sandbox.pay(session=givers.begin(client, campaign))
    frozen_time.shift(1900)

    assert asked_twice() is None


def test_a_wrong_secret_is_named_at_once(client, sandbox, campaign, settings):
    sandbox.pay(session=givers.begin(client, campaign))
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_of_another_endpoint"]

    answers = sandbox.deliver(client)

    assert {answer.status_code for answer in answers} == {400}
    assert asked_twice().endswith("they fit none of STRIPE_WEBHOOK_SECRETS.")


def test_a_stranger_cannot_raise_it(client, sandbox, campaign):
    sandbox.pay(session=givers.begin(client, campaign))
    (real,) = sandbox.waiting("checkout.session.completed")
    sandbox.deliver(client)
    sandbox.box.secret = "whsec_of_a_stranger"

    for number in range(80):
        made_up = real.body.replace(real.event, f"evt_test_{number:020}")
        sandbox.box.store.rows(
            "INSERT INTO deliveries (event, place, state, body) VALUES (?, 0, 'pending', ?)",
            real.event,
            made_up,
        )
    assert {answer.status_code for answer in sandbox.deliver(client)} == {400}

    assert asked_twice() is None


def test_events_of_other_products_on_the_account_are_no_news(client, sandbox, campaign, frozen_time):
    givers.give(client, sandbox, campaign)
    frozen_time.shift(1)
    sandbox.settings(drop="yes")
    session = givers.begin(client, campaign, email="ben@donor.example")
    sandbox.box.save(sandbox.get(session), metadata={}, _intent_data={"metadata": {}})
    sandbox.pay(session=session)
    frozen_time.shift(1900)

    assert asked_twice() is None


def test_a_silent_stripe_changes_no_finding(client, sandbox, campaign, settings, frozen_time):
    sandbox.settings(drop="yes")
    sandbox.pay(session=givers.begin(client, campaign))
    frozen_time.shift(1900)
    found = asked_twice()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    silence.ask()

    assert found and silence.missed() == found


def test_events_of_the_other_mode_are_named_for_a_day(client, frozen_time):
    StripeEvent.objects.create(event_id="evt_1", type="charge.succeeded", livemode=True, created_at=MARCH)
    StripeEvent.objects.update(ignored="other mode")

    assert "sends live events here" in ready(client)["webhooks"]
    frozen_time.shift(90_000)
    assert ready(client)["webhooks"] == "ok"
