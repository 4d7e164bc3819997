"""The payment sandbox for tests: a real server on a free port of this machine, empty for each test.

def test_something(sandbox, client):
    ... the site begins a checkout through settings.STRIPE_API_BASE ...
    sandbox.pay(session=id, card="4000000000000002")     # any control of donate/sandbox/controls.py, by name
    sandbox.deliver(client)                              # posts what waits, signed, to the webhook's address
"""

import pytest

WEBHOOK = "/giving/webhook/"


class SandboxInTest:
    """`.url`; `.box` for the sandbox's own objects; every control as a method with text arguments."""

    def __init__(self, server):
        self.server, self.box, self.url = server, server.box, server.url

    def __getattr__(self, name):
        from donate.sandbox.controls import CONTROLS, act

        if name not in CONTROLS:
            raise AttributeError(name)
        return lambda **fields: act(self.box, name, fields)

    def get(self, id: str) -> dict:
        """Any object as it is stored."""
        return self.box.store.get(id)

    def all(self, kind: str, **fields) -> list[dict]:
        """Newest first: `sandbox.all("refund", charge="ch_...")`."""
        return self.box.store.where(kind, **fields)

    def webhook_to(self, url: str) -> None:
        """Events are posted there by the sandbox's own thread; "" collects them again."""
        self.settings(webhook_url=url)

    def waiting(self, *types: str) -> list:
        """Collected deliveries in order: `.type`, `.body`, `.headers`, `.event`; only of these types, if any."""
        from donate.sandbox import deliver

        return [d for d in deliver.waiting(self.box) if not types or d.type in types]

    def post(self, client, delivery):
        """Posts one delivery (again) through Django's test client; notes and returns the answer."""
        from donate.sandbox import deliver

        headers = deliver.signed(self.box, delivery.body)
        answer = client.post(
            WEBHOOK,
            delivery.body,
            content_type="application/json",
            headers={"Stripe-Signature": headers["Stripe-Signature"]},
        )
        deliver.note(self.box, delivery, answer.status_code)
        return answer

    def deliver(self, client, *types: str) -> list:
        """Posts all that waits, in order, and what comes of it; returns the answers."""
        return [self.post(client, delivery) for delivery in self.waiting(*types)]

    def forget_deliveries(self) -> None:
        self.box.store.rows("DELETE FROM deliveries")


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory):
    from donate.sandbox.objects import Sandbox
    from donate.sandbox.server import Server

    box = Sandbox(tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite3")
    with Server(box) as server:
        box.base_url = server.url
        yield server


@pytest.fixture
def sandbox(sandbox_server, settings):
    """The sandbox, empty; the site's settings point to it, webhooks are collected."""
    sandbox_server.box.store.clear()
    sandbox_server.box.quiet = False
    settings.STRIPE_API_BASE = sandbox_server.url
    # As a start with this STRIPE_API_BASE has it: Chromium follows a form's redirect to listed origins only.
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    forms = [*directives["form-action"], sandbox_server.url]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives | {"form-action": forms}}
    sandbox_server.box.secret = settings.STRIPE_WEBHOOK_SECRETS[0]
    yield SandboxInTest(sandbox_server)
    sandbox_server.box.store.clear()


@pytest.fixture
def stripe_client(sandbox):
    """The official SDK, pointed at the sandbox."""
    import stripe

    return stripe.StripeClient(
        "sk_test_sandbox_sample", base_addresses={"api": sandbox.url}, max_network_retries=0
    )


def session_params(**changes) -> dict:
    """A gift of 25.00 dollars; `monthly=True` for a subscription."""
    monthly = changes.pop("monthly", False)
    amount, currency = changes.pop("amount", 2500), changes.pop("currency", "usd")
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "A campaign"}}
    params = {
        "mode": "subscription" if monthly else "payment",
        "submit_type": "donate",
        "success_url": "http://localhost/giving/thanks/?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost/give/",
        "client_reference_id": "c-1",
        "customer_email": "ada@example.org",
        "line_items": [{"quantity": 1, "price_data": price}],
        "metadata": {"checkout": "c-1"},
    }
    if monthly:
        price["recurring"] = {"interval": "month"}
        params["subscription_data"] = {"metadata": {"checkout": "c-1"}}
    else:
        params["payment_intent_data"] = {"metadata": {"checkout": "c-1"}, "description": "A gift"}
    return params | changes
