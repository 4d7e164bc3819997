"""One rendered form, one attempt: what tells a repeated click from a second gift, and how long the form was open.

An attempt is `moment.random.signature`; a UUID is taken as well. Anything else is treated as new.
"""

import re
import secrets
import time

from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "donate.attempt"
OURS = re.compile(r"([0-9a-f]{9})\.([A-Za-z0-9_-]{16})\.([0-9a-f]{20})")
UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def make() -> str:
    return made_at(time.time())


def made_at(moment: float) -> str:
    """`moment` in seconds since 1970, kept in tenths."""
    body = f"{int(moment * 10):09x}.{secrets.token_urlsafe(12)}"
    return f"{body}.{sign(body)}"


def sign(body: str) -> str:
    return salted_hmac(SALT, body).hexdigest()[:20]


def read(text: str | None) -> str:
    """The attempt as it came, or a new one."""
    return text if text and (is_ours(text) or UUID.fullmatch(text)) else make()


def is_ours(text: str) -> bool:
    found = OURS.fullmatch(text)
    return bool(found) and constant_time_compare(found[3], sign(f"{found[1]}.{found[2]}"))


def seconds_open(text: str | None) -> float | None:
    """How long ago the form was rendered; None where nothing trustworthy says it."""
    return max(0.0, time.time() - int(text[:9], 16) / 10) if text and is_ours(text) else None
