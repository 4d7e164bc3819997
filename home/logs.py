"""One JSON object a line, without personal data: what a log may say about a request and an error."""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

# What a careless message, an address or an error's text could carry. Order matters: keys before long words.
PRIVATE = [
    (re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "[email]"),
    (re.compile(r"\b(?:sk|rk|pk)_(?:live|test)_\w+|\bwhsec_\w+"), "[key]"),
    (re.compile(r"\b(?:cs|pi|seti)_\w+_secret_\w+"), "[secret]"),
    (re.compile(r"(?i)\bbearer\s+[\w.~+/=-]+"), "[key]"),
    (re.compile(r"(/giving/)(?!webhook/|thanks/)[^\s\"'?\\]+"), r"\1[private]"),
    (re.compile(r"(?<=[\w/])\?[^\s\"'\\<>]+=[^\s\"'\\<>]*"), "?[query]"),
    (re.compile(r"://[^\s/@:]+:[^\s/@]+@"), "://[login]@"),
]
STANDARD = set(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "request",
    "server_time",
}


def scrub(text: str) -> str:
    """The text without e-mail addresses, keys, query strings and donors' private addresses."""
    for pattern, instead in PRIVATE:
        text = pattern.sub(instead, text)
    return text


class JsonFormatter(logging.Formatter):
    """time, level, logger, message, request_id, the plain fields of `extra`, and where an error came from."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
            "process": record.process,
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        for name, value in record.__dict__.items():
            if name not in STANDARD and isinstance(value, str | int | float | bool):
                line[name] = scrub(value) if isinstance(value, str) else value
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = trace(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def trace(exc_info) -> list[str]:
    """File, line and function of each step, the causes first. The errors' own words stay out: they quote values."""
    steps, error = [], exc_info[1]
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        steps.insert(0, type(error).__name__)
        steps[1:1] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return steps


class PlainFormatter(logging.Formatter):
    """For people, in development: the usual line, scrubbed all the same."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def configuration(debug: bool) -> dict:
    """LOGGING: everything to standard error, where systemd and `make run` keep it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "home.logs.JsonFormatter"},
            "plain": {"()": "home.logs.PlainFormatter", "format": "%(levelname)s %(name)s: %(message)s"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "plain" if debug else "json"},
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # 404s and the like are in the request lines; Django's own would repeat them with the path.
            "django.request": {"level": "ERROR"},
            # Its handlers write mails to ADMINS and plain text; ours is enough.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # Names and addresses of people who failed to sign in stay out of the log.
            "axes": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
            # Every page created, with its title: what editors did stands in the admin's own history.
            "wagtail": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "pikepdf": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
        },
    }
