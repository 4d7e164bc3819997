"""Webhooks, faults and memory of the sandbox."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import stripe
from sandbox import session_params

from donate.sandbox import checkout, controls, deliver
from donate.sandbox.objects import Sandbox
from donate.sandbox.server import Server

SECRET = "whsec_sandbox_sample"


class Site:
    """A site that keeps what is posted to it and answers with the next of `.answers`, else 200."""

    def __init__(self):
        self.got, self.answers, self.changed = [], [], threading.Condition()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                with site.changed:
                    site.got.append((body, self.headers["Stripe-Signature"]))
                    status = site.answers.pop(0) if site.answers else 200
                    site.changed.notify_all()
                self.send_response(status)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/giving/webhook/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def wait_for(self, count: int) -> list[str]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.got) >= count, timeout=20), self.types
            return self.types

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.got]


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()


def pay(sandbox, stripe_client) -> dict:
    return sandbox.pay(session=stripe_client.v1.checkout.sessions.create(params=session_params()).id)


ONE_GIFT = [
    "product.created",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


def test_events_are_posted_in_order_and_signed(sandbox, stripe_client, site):
    sandbox.webhook_to(site.url)

    pay(sandbox, stripe_client)

    assert site.wait_for(5) == ONE_GIFT
    for body, signature in site.got:
        assert stripe.WebhookSignature.verify_header(body, signature, SECRET, 300)


def test_a_delivery_that_fails_comes_again_and_the_event_counts_as_undelivered_until_then(
    sandbox, stripe_client, site
):
    site.answers = [500, 302]
    sandbox.webhook_to(site.url)

    pay(sandbox, stripe_client)

    types = site.wait_for(7)
    assert sorted(types) == sorted([*ONE_GIFT, *ONE_GIFT[:2]])


def test_lost_events_are_found_by_their_delivery_and_can_come_after_all(sandbox, stripe_client, site):
    sandbox.webhook_to(site.url)
    sandbox.settings(drop="on")
    pay(sandbox, stripe_client)
    missed = stripe_client.v1.events.list(params={"delivery_success": False}).data

    sandbox.settings(drop="off")
    sandbox.lost()

    assert len(missed) == 5
    assert site.wait_for(5) == ONE_GIFT


def test_held_events_can_be_shuffled_and_doubled(sandbox, stripe_client, site):
    sandbox.webhook_to(site.url)
    sandbox.settings(hold="on", duplicate="1")
    pay(sandbox, stripe_client)
    assert site.got == []

    sandbox.release(shuffle="3")

    types = site.wait_for(10)
    assert sorted(types) == sorted(ONE_GIFT * 2)
    assert types != [t for t in ONE_GIFT for _ in range(2)]


def test_a_thin_event_names_its_object_and_holds_nothing_of_it(sandbox, stripe_client):
    sandbox.settings(thin="on")
    session = pay(sandbox, stripe_client)

    delivery = sandbox.waiting("v1.checkout.session.completed")[0]
    event = stripe_client.parse_event_notification(
        delivery.body, delivery.headers["Stripe-Signature"], SECRET
    )

    assert event.related_object.id == session["id"]
    assert event.fetch_related_object().payment_status == "paid"
    assert "ada@example.org" not in delivery.body


FAULTS = [
    ({"status": 500}, stripe.APIError),
    ({"status": 409}, stripe.APIError),
    ({"status": 429}, stripe.RateLimitError),
    ({"status": 402, "code": "card_declined"}, stripe.CardError),
    ({"drop": True}, stripe.APIConnectionError),
    ({"garbage": True}, stripe.APIError),
    ({"cut": True}, stripe.APIConnectionError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=[str(f) for f, _ in FAULTS])
def test_a_queued_fault_answers_one_request(sandbox, stripe_client, fault, error):
    sandbox.fault(path="/v1/checkout/sessions", **fault)

    with pytest.raises(error):
        stripe_client.v1.checkout.sessions.create(params=session_params())

    assert stripe_client.v1.checkout.sessions.create(params=session_params()).id


def test_an_answer_lost_after_the_work_is_found_again_by_its_key(sandbox, stripe_client):
    sandbox.fault(drop=True, after=True)
    create, options = stripe_client.v1.checkout.sessions.create, {"idempotency_key": "k-1"}
    with pytest.raises(stripe.APIConnectionError):
        create(params=session_params(), options=options)

    again = create(params=session_params(), options=options)

    assert [s["id"] for s in sandbox.all("checkout.session")] == [again.id]


def test_a_slow_answer_takes_its_time(sandbox, stripe_client):
    sandbox.fault(slow=0.3)
    begun = time.monotonic()

    stripe_client.v1.events.list()

    assert time.monotonic() - begun >= 0.3


def test_everything_is_there_after_a_restart(tmp_path):
    path = tmp_path / "sandbox.sqlite3"
    box = Sandbox(path)
    session = checkout.create(box, session_params())
    controls.act(box, "pay", {"session": session["id"]})
    box.store.close()

    with Server(Sandbox(path)) as server:
        headers = {"Authorization": "Bearer sk_test_sandbox_sample"}
        found = requests.get(f"{server.url}/v1/checkout/sessions/{session['id']}", headers=headers).json()

    assert found["payment_status"] == "paid"


def test_objects_can_be_made_in_the_past_without_webhooks():
    box = Sandbox(quiet=True)

    with box.at(1_700_000_000), box.store.transaction():
        session = checkout.create(box, session_params())
        checkout.pay(box, session["id"])

    charge = box.store.find("charge")[0]
    assert charge["created"] == 1_700_000_000
    assert deliver.waiting(box) == []
    assert box.store.find("event")[0]["_delivered"]


def test_the_control_page_shows_each_kind_with_its_buttons(sandbox, stripe_client):
    session = sandbox.pay(
        session=stripe_client.v1.checkout.sessions.create(params=session_params(monthly=True)).id
    )
    charge = sandbox.all("charge")[0]["id"]

    answer = requests.post(
        f"{sandbox.url}/_control/refund",
        {"charge": charge, "amount": "700", "back": "/"},
        allow_redirects=False,
    )
    page = requests.get(sandbox.url).text

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert sandbox.get(charge)["amount_refunded"] == 700
    for words in (
        "no real money",
        session["subscription"],
        "Next renewal",
        "Failed renewal",
        "Dispute",
        "refunded 7.00",
    ):
        assert words in page
    assert requests.get(f"{sandbox.url}/object/{charge}").status_code == 200


def test_a_control_answers_a_machine_with_the_object(sandbox, stripe_client):
    session = stripe_client.v1.checkout.sessions.create(params=session_params())

    answer = requests.post(f"{sandbox.url}/_control/pay", json={"session": session.id})

    assert answer.json()["payment_status"] == "paid"
    assert requests.post(f"{sandbox.url}/_control/fly").status_code == 404
