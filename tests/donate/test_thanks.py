"""The thank-you page: it asks Stripe, says only what is so, and shows nothing about a donor."""

import re

import givers
import pytest

from donate.models import Gift

pytestmark = pytest.mark.django_db


def thanks(client, session_id) -> str:
    answer = client.get("/giving/thanks/", {"session_id": session_id} if session_id is not None else {})
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def test_it_thanks_for_a_paid_gift_before_any_event_came(client, sandbox, campaign):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)

    page = thanks(client, session)

    assert "has arrived" in page and "$25" in page and campaign.title in page
    assert "ada@donor.example" not in page and not re.search(r"\bAda\b", page)
    assert Gift.objects.get().receipt.number not in page


def test_it_and_the_events_together_make_one_gift(client, sandbox, campaign):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)

    thanks(client, session)
    sandbox.deliver(client)
    thanks(client, session)

    assert Gift.objects.count() == 1
    assert Gift.objects.get().lines.count() == 2


def test_an_unpaid_session_is_not_thanked(client, sandbox, campaign):
    page = thanks(client, givers.begin(client, campaign))

    assert "has arrived" not in page and "Thank you</h1>" not in page
    assert not Gift.objects.exists()


@pytest.mark.parametrize(
    "session_id",
    [None, "", "cs_test_unknown", "garbage", "cs_\x00", "cs_test_é", "x" * 3000, "' OR 1=1 --", "pi_1"],
)
def test_garbage_and_strangers_ids_are_not_found(client, sandbox, campaign, session_id):
    page = thanks(client, session_id)

    assert "cannot find" in page


def test_a_session_of_another_product_is_not_found(client, sandbox, campaign, stripe_client):
    from sandbox import session_params

    session = stripe_client.v1.checkout.sessions.create(params=session_params())
    sandbox.pay(session=session.id)

    assert "cannot find" in thanks(client, session.id)


def test_a_bank_debit_is_being_confirmed_and_then_failed(client, sandbox, campaign):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session, card="000123456789")

    before = thanks(client, session)
    sandbox.delayed(session=session, outcome="declined")
    after = thanks(client, session)

    assert "confirming" in before and "has arrived" not in before
    assert "did not go through" in after


def test_stripe_down_says_what_is_known(client, sandbox, campaign):
    session = givers.give(client, sandbox, campaign)
    sandbox.fault(times="9", status="500")

    assert "has arrived" in thanks(client, session)


def test_monthly_is_offered_once_after_a_one_off_gift_and_never_before(client, sandbox, campaign):
    form = client.get(givers.address(campaign)).content.decode()
    once = thanks(client, givers.give(client, sandbox, campaign))
    monthly = thanks(
        client, givers.give(client, sandbox, campaign, frequency="monthly", email="b@donor.example")
    )

    assert 'value="monthly" checked' not in form
    assert once.count("?frequency=monthly") == 1 and "?frequency=monthly" not in monthly
