"""Logs: one JSON object a line, a request id, and nothing about a person."""

import json
import logging
import re
import sys

import pytest

from home import errors, logs

SECRETS = [
    ("Mail to ada+x@donor.example.org failed", "ada"),
    ("GET /search/?q=my+secret+question HTTP/1.1", "secret"),
    ("Not Found: /giving/eyJhbGciOi:1rXy:sig/", "eyJ"),
    ("bad key sk_live_51Habcdef and whsec_abc123", "abc"),
    ("Authorization: Bearer abc.def.ghi", "abc.def"),
    ("cannot reach postgres://dateline:hunter2@db/dateline", "hunter2"),
    ("https://news.example/give/?from=token&amount=50", "token"),
    ("payment pi_3Nabc_secret_xyz failed", "xyz"),
    ("link mailto:ada%40donor.example", "ada"),
]


def written(record: logging.LogRecord) -> dict:
    return json.loads(logs.JsonFormatter().format(record))


def make_record(message: str, *args, exc_info=None, **extra) -> logging.LogRecord:
    record = logging.LogRecord("test", logging.ERROR, __file__, 1, message, args, exc_info)
    record.__dict__.update(extra)
    return record


@pytest.mark.parametrize("message, private", SECRETS)
def test_private_parts_are_cut_out_of_messages_and_fields(message, private):
    line = json.dumps(written(make_record("%s", message, detail=message)))

    assert private not in line


@pytest.mark.parametrize("path", ["/giving/webhook/", "/giving/thanks/", "/news/a-story/", "2026-03-14?"])
def test_harmless_words_stay(path):
    assert logs.scrub(f"GET {path} 200") == f"GET {path} 200"


def test_an_error_tells_its_steps_and_not_its_words():
    try:
        try:
            raise ValueError("Key (email)=(ada@donor.example) for Ada Donor")
        except ValueError as error:
            raise RuntimeError("while telling Ada Donor") from error
    except RuntimeError:
        line = written(make_record("failed", exc_info=sys.exc_info()))

    assert line["error"] == "RuntimeError"
    assert line["trace"][0] == "ValueError" and "RuntimeError" in line["trace"]
    assert any("test_logs.py" in step for step in line["trace"])
    assert not re.search(r"\bAda\b", json.dumps(line))


def test_objects_in_extra_fields_are_left_out(rf):
    line = written(make_record("x", request=rf.get("/search/?q=secret"), status=500, donor=object()))

    assert line["status"] == 500 and "request" not in line and "donor" not in line


def test_every_request_is_one_line_with_its_id(client, db, caplog):
    caplog.set_level(logging.INFO, "dateline.requests")

    answer = client.get("/health/live/?email=ada@donor.example", headers={"X-Request-ID": "from-a-stranger"})

    (record,) = [record for record in caplog.records if record.name == "dateline.requests"]
    assert (record.view, record.status) == ("home:live", 200)
    assert "ada" not in record.getMessage()
    assert len(answer["X-Request-ID"]) == 32


def test_the_id_of_our_own_proxy_is_kept(client, db, settings):
    settings.TRUSTED_PROXIES = 1

    answer = client.get("/health/live/", headers={"X-Request-ID": "abcdef0123456789"})
    bad = client.get("/health/live/", headers={"X-Request-ID": "x" * 20 + '" onclick'})

    assert answer["X-Request-ID"] == "abcdef0123456789"
    assert "onclick" not in bad["X-Request-ID"]


def test_reported_errors_carry_no_request_and_no_person():
    event = {
        "request": {"url": "https://x/?q=1", "data": "email=ada@donor.example"},
        "user": {"ip_address": "203.0.113.9"},
        "exception": {"values": [{"type": "ValueError", "value": "ada@donor.example is odd"}]},
        "level": "error",
    }

    sent = errors.without_private_data(event, {})

    assert "ada" not in json.dumps(sent) and "203.0.113.9" not in json.dumps(sent)
    assert sent["exception"]["values"][0]["value"] == "[email] is odd"
