"""The one client: how it is built, and that its errors say nothing about a donor."""

import ast
import importlib.metadata
from pathlib import Path

import pytest
import stripe

from donate import gateway

ROOT = Path(__file__).resolve().parents[2]


def test_the_client_has_a_timeout_retries_and_a_pinned_version(settings):
    client = gateway.client()

    assert client._requestor._options.max_network_retries == 2
    assert gateway.TIMEOUT == (3.05, 8)
    assert client._requestor._get_http_client()._timeout == (3.05, 8)
    assert client._requestor._options.stripe_version == "2026-10-28.endive" == stripe.api_version
    assert gateway.DONOR_SECONDS < 10
    assert stripe.enable_telemetry is False
    assert importlib.metadata.version("stripe") == "16.1.0"


def test_one_client_for_one_key(settings):
    first = gateway.client()
    assert gateway.client() is first

    settings.STRIPE_SECRET_KEY = "sk_test_another_sample"
    assert gateway.client() is not first


def test_nobody_else_speaks_with_stripe():
    for path in ROOT.glob("*/**/*.py"):
        relative = path.relative_to(ROOT).as_posix()
        if (
            relative.startswith((".venv", "tests", "benchmarks", "donate/sandbox"))
            or relative == "donate/gateway.py"
        ):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "stripe" for name in names), relative


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("400", "Refused"),
        ("401", "Refused"),
        ("404", "NotFound"),
        ("409", "Busy"),
        ("429", "Busy"),
        ("500", "Busy"),
    ],
)
def test_each_answer_of_stripe_is_one_of_our_errors(sandbox, status, error):
    sandbox.fault(times="3", status=status, message="No such donor: ada@donor.example")

    with pytest.raises(gateway.GatewayError) as raised:
        gateway.get_session("cs_test_1")

    assert type(raised.value).__name__ == error
    assert "ada@donor.example" not in str(raised.value) and raised.value.__cause__ is None


@pytest.mark.parametrize("fault", [{"drop": "yes"}, {"garbage": "yes"}, {"cut": "yes"}], ids=str)
def test_no_answer_and_nonsense_are_unavailable(sandbox, fault):
    sandbox.fault(times="3", **fault)

    with pytest.raises(gateway.Unavailable):
        gateway.get_session("cs_test_1")


def test_when_all_places_hang_the_next_call_fails_at_once(sandbox):
    taken = [gateway._places.acquire(blocking=False) for _ in range(gateway.AT_ONCE)]
    try:
        with pytest.raises(gateway.Unavailable, match="too_many_calls"):
            gateway.get_session("cs_test_1")
    finally:
        for _ in taken:
            gateway._places.release()
