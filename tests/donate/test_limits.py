"""How many checkouts may begin: by address, by network, in all; honeypot and haste."""

import re
import time

import givers
import pytest
from django.core.cache import cache

from donate import attempts
from donate.models import Gift
from donate.protection import read_limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def limits(settings):
    def set_limits(text):
        settings.GIVE_LIMITS = text

    set_limits("address=3/h,network=5/h,all=8/h")
    return set_limits


def patient(client, campaign, **fields) -> dict:
    """A form that was open for a minute."""
    return givers.filled(client, campaign, attempt=attempts.made_at(time.time() - 60), **fields)


def statuses(client, campaign, count, **headers) -> list[int]:
    found = []
    for number in range(count):
        data = patient(client, campaign, email=f"d{number}@donor.example")
        found.append(givers.send(client, campaign, data).status_code)
    return found


def test_an_address_begins_only_so_many(client, sandbox, campaign, limits):
    found = [givers.send(client, campaign, patient(client, campaign)).status_code for _ in range(5)]

    assert found == [303, 303, 303, 429, 429]
    assert len(sandbox.all("checkout.session")) == 3


def test_a_network_begins_only_so_many_and_others_go_on(client, sandbox, campaign, limits):
    found = statuses(client, campaign, 6)
    elsewhere = client.post(
        givers.address(campaign),
        patient(client, campaign, email="z@donor.example"),
        headers={"Origin": "http://localhost"},
        REMOTE_ADDR="203.0.113.7",
    )

    assert found == [303] * 5 + [429]
    assert elsewhere.status_code == 303


def test_a_spoofed_header_does_not_make_a_new_network(client, sandbox, campaign, limits):
    found = []
    for number in range(6):
        data = patient(client, campaign, email=f"d{number}@donor.example")
        answer = givers.send(client, campaign, data, **{"X-Forwarded-For": f"198.51.{number}.9"})
        found.append(answer.status_code)

    assert found[-1] == 429


def test_a_repeat_of_the_same_form_is_not_counted(client, sandbox, campaign, limits):
    data = patient(client, campaign)

    assert {givers.send(client, campaign, data).status_code for _ in range(6)} == {303}


def test_the_page_of_a_refusal_keeps_the_form_and_reading_goes_on(client, sandbox, campaign, limits):
    limits("address=0/h,network=60/h,all=600/h")

    answer = givers.send(client, campaign, patient(client, campaign, comment="My own words"))

    assert answer.status_code == 429
    assert "My own words" in answer.content.decode()
    assert client.get(givers.address(campaign)).status_code == 200


def test_the_hidden_field_and_haste_give_machines_away(client, sandbox, campaign, limits):
    trapped = givers.send(client, campaign, patient(client, campaign, website="http://spam.example"))
    just_now = givers.filled(client, campaign, attempt=attempts.made_at(time.time() + 0.5))
    hasty = givers.send(client, campaign, just_now)

    assert (trapped.status_code, hasty.status_code) == (429, 429)
    assert not sandbox.all("checkout.session")


def test_off_switches_all_of_it_off(client, sandbox, campaign, limits):
    limits("off")

    assert statuses(client, campaign, 9) == [303] * 9


def test_a_cache_that_cannot_count_lets_nobody_begin(client, sandbox, campaign, limits, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9",
        },
        "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    }
    from donate import protection

    with pytest.raises(protection.Limited):
        protection.admit("ada@donor.example", "203.0.113.0/24")


def test_limits_are_read_strictly():
    assert read_limits("address=6/h,network=60/h,all=600/h")["network"].count == 60
    for wrong in ("address", "address=6", "somebody=6/h", "address=x/h", "address=6/y"):
        with pytest.raises(ValueError):
            read_limits(wrong)


def test_a_wave_of_refusals_raises_friction_tells_staff_once_and_ends_by_itself(
    client, sandbox, campaign, limits, fundraiser, frozen_time
):
    from donate import attack
    from donate.messages import builders
    from donate.models import Message

    limits("address=6/h,network=60/h,all=600/h")
    for _ in range(attack.REFUSALS):
        givers.send(
            client, campaign, {"website": "x", "amount_other": "25", "name": "N", "email": "n@donor.example"}
        )
    during = attack.is_on()
    unsigned = givers.send(client, campaign, givers.filled(client, campaign, attempt=None))
    soon = givers.send(client, campaign, givers.filled(client, campaign))
    person = givers.send(client, campaign, patient(client, campaign))
    frozen_time.shift(attack.LASTS + 1)

    assert during and attack.alarm() is None and not attack.is_on()
    assert (unsigned.status_code, soon.status_code, person.status_code) == (429, 429, 303)
    message = Message.objects.get(kind="under_attack")
    assert builders["under_attack"](message).to == [fundraiser.email]


def test_a_form_not_rendered_by_us_can_be_sent_again_while_under_attack(client, sandbox, campaign, limits):
    from donate import attack

    attack.begin()

    answer = givers.send(client, campaign, givers.filled(client, campaign, attempt=None))

    assert answer.status_code == 429
    assert (
        attempts.seconds_open(re.search(r'name="attempt" value="([^"]+)"', answer.content.decode())[1])
        is not None
    )


def test_a_wave_of_refused_cards_in_one_checkout_is_an_attack_and_a_few_are_none(
    client, sandbox, campaign, limits, frozen_time
):
    from donate import attack

    cache.clear()
    session = givers.begin(client, campaign, attempt=attempts.made_at(time.time() - 60))
    for number in range(attack.REFUSALS):
        assert not attack.is_on(), number
        sandbox.pay(session=session, card="4000000000000002")
        sandbox.deliver(client, "payment_intent.payment_failed")

    assert attack.is_on()
    sandbox.pay(session=session)
    sandbox.deliver(client)
    assert Gift.objects.get().received_at
