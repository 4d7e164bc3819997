"""What the sandbox refuses, as Stripe does: unknown parameters, wrong modes, amounts, keys, depths."""

import pytest
import requests
import stripe
from django.core.management import CommandError, call_command
from sandbox import session_params

from donate.sandbox import checks, routes


def price(**changes) -> list:
    data = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "A"}} | changes
    return [{"quantity": 1, "price_data": {k: v for k, v in data.items() if v is not None}}]


REFUSED = {
    "payment_method_types": {"payment_method_types": ["card"]},
    "payment_intent_data in subscription mode": {
        "monthly": True,
        "payment_intent_data": {"description": "x"},
    },
    "customer_creation in subscription mode": {"monthly": True, "customer_creation": "always"},
    "subscription_data in payment mode": {"subscription_data": {"description": "x"}},
    "a misspelt word": {"submit_type": "give"},
    "an old ui_mode": {"ui_mode": "hosted"},
    "a recurring price in payment mode": {"line_items": price(recurring={"interval": "month"})},
    "no recurring price in subscription mode": {
        "mode": "subscription",
        "payment_intent_data": None,
        "line_items": price(),
    },
    "too little": {"amount": 49},
    "too much": {"amount": 100_000_000},
    "no such currency": {"currency": "us"},
    "no success_url": {"success_url": None},
    "an address without scheme": {"cancel_url": "example.org"},
    "a malformed e-mail": {"customer_email": "ada@@example.org"},
    "expiry too soon": {"expires_at": 60},
    "long metadata": {"metadata": {"a": "x" * 501}},
    "a bad statement suffix": {"payment_intent_data": {"statement_descriptor_suffix": "a*b"}},
    "both product and product_data": {"line_items": price(product="prod_1")},
    "a quantity of zero": {"line_items": [price()[0] | {"quantity": 0}]},
    "an unknown customer": {"customer_email": None, "customer": "cus_nobody"},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_a_session_that_breaks_a_rule_is_refused_and_not_made(sandbox, stripe_client, changes):
    params = {k: v for k, v in session_params(**changes).items() if v is not None}

    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.checkout.sessions.create(params=params)

    assert sandbox.all("checkout.session") == []


def test_a_refusal_names_the_parameter(stripe_client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.checkout.sessions.create(params=session_params(colour="red"))

    assert (refused.value.param, refused.value.code) == ("colour", "parameter_unknown")


def test_zero_and_three_decimal_currencies_follow_their_own_rules():
    checks.amount(500, "jpy")
    checks.amount(5000, "kwd")

    for minor, currency in ((49, "jpy"), (5001, "kwd")):
        with pytest.raises(checks.Refusal):
            checks.amount(minor, currency)


def test_the_same_key_and_content_replay_the_first_answer(sandbox, stripe_client):
    create, options = stripe_client.v1.checkout.sessions.create, {"idempotency_key": "k-1"}

    first = create(params=session_params(), options=options)
    second = create(params=session_params(), options=options)

    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(sandbox.all("checkout.session")) == 1


def test_the_same_key_with_other_content_is_an_error(sandbox, stripe_client):
    create, options = stripe_client.v1.checkout.sessions.create, {"idempotency_key": "k-1"}
    create(params=session_params(), options=options)

    with pytest.raises(stripe.IdempotencyError):
        create(params=session_params(amount=2600), options=options)


def test_a_refused_request_is_not_kept_under_its_key(sandbox, stripe_client):
    create, options = stripe_client.v1.checkout.sessions.create, {"idempotency_key": "k-1"}
    with pytest.raises(stripe.InvalidRequestError):
        create(params=session_params(amount=1), options=options)

    assert create(params=session_params(), options=options).id


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_a_live_key_is_refused(sandbox, key):
    answer = requests.get(f"{sandbox.url}/v1/events", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 401
    assert "live" in answer.json()["error"]["message"]


def test_a_request_without_a_test_key_is_refused(sandbox):
    assert requests.get(f"{sandbox.url}/v1/events").status_code == 401


def test_expansion_ends_at_four_levels_and_knows_the_fields(sandbox, stripe_client):
    session = sandbox.pay(session=stripe_client.v1.checkout.sessions.create(params=session_params()).id)
    retrieve = stripe_client.v1.checkout.sessions.retrieve

    for path in ("payment_intent.latest_charge.balance_transaction.source.customer", "payment_intent.colour"):
        with pytest.raises(stripe.InvalidRequestError):
            retrieve(session["id"], params={"expand": [path]})


def test_a_missing_object_and_an_unknown_path_are_404(stripe_client, sandbox):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        stripe_client.v1.checkout.sessions.retrieve("cs_test_nobody")

    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    headers = {"Authorization": "Bearer sk_test_sandbox_sample"}
    assert requests.get(f"{sandbox.url}/v1/coffee", headers=headers).status_code == 404


def test_each_route_names_the_parameters_that_the_sdk_sends_there():
    import ast
    from pathlib import Path

    sent = {}
    for file in Path(stripe.__file__).parent.rglob("*_service.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and not node.name.endswith("_async"):
                for verb, path, params in calls(node):
                    sent[verb, path] = params
    for route in routes.ROUTES:
        path = route.path
        name = route.params.rsplit(".", 1)[-1]
        assert sent[route.verb.lower(), path] == name, f"{route.verb} {path}"
        assert checks.adapter(route.params)


def calls(function):
    """(verb, path with {id}, name of the params type) of the requests in one method of a service."""
    import ast
    import re

    hints = {
        a.arg: ast.unparse(a.annotation)
        for a in [*function.args.args, *function.args.kwonlyargs]
        if a.annotation
    }
    params = re.search(r"(\w+Params)\b", hints.get("params", ""))
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_request" and params:
            verb, path = node.args[0].value, ast.unparse(node.args[1])
            path = re.search(r"/v[12]/[\w/{}]+", re.sub(r"\{\w+=sanitize_id\(\w+\)\}|\{\w+\}", "{id}", path))
            if path:
                yield verb, path.group(), params.group(1)


def test_the_command_refuses_to_start_beside_a_live_key(settings):
    settings.STRIPE_SECRET_KEY = "sk_live_1"

    with pytest.raises(CommandError, match="live key"):
        call_command("stripe_sandbox", port=0)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"port": 99999}, "Port 99999 cannot be used"), ({"port": 0, "webhook_url": "x"}, "no address")],
)
def test_the_sandbox_says_in_words_why_it_does_not_start(settings, tmp_path, options, words):
    settings.DATA_DIR = tmp_path

    with pytest.raises(CommandError, match=words):
        call_command("stripe_sandbox", **options)
