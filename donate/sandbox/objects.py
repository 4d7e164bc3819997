"""The sandbox itself: a clock, objects, events. The noun modules beside this one give them their lives.

    box = Sandbox(DATA_DIR / "sandbox.sqlite3", base_url="http://localhost:8001", quiet=True)
    with box.at(moment):                     # everything inside happens then: epoch seconds or an aware datetime
        session = sessions.create(box, params)             # the params of the API
        checkout.pay(box, session["id"], "4242 4242 4242 4242", email="ada@example.org")

`controls.py` lists what people and tests can make happen. With `quiet` no webhook is queued and events count as
delivered. All functions may be called from several threads and processes that share the file.
"""

import contextvars
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from pathlib import Path

from stripe import api_version

from donate.sandbox import deliver, shapes
from donate.sandbox.errors import missing
from donate.sandbox.store import Store

LATER = contextvars.ContextVar("sandbox_moment", default=None)
# Event types by what a thin event calls its object.
THIN_PATHS = {
    "checkout.session": "checkout/sessions",
    "balance_transaction": "balance_transactions",
    "billing_portal.session": "billing_portal/sessions",
    "invoice_payment": "invoice_payments",
}


class Sandbox:
    """Stripe in small. `secret` signs webhooks; `base_url` is where its pages are."""

    def __init__(
        self,
        path: str | Path = ":memory:",
        base_url: str = "http://localhost:8001",
        secret: str = "whsec_sandbox_sample",  # noqa: S107 - a sample
        quiet: bool = False,
    ):
        self.store = Store(path)
        self.base_url = base_url.rstrip("/")
        self.secret = secret
        self.quiet = quiet

    # Time

    def now(self) -> int:
        """Epoch seconds: the machine's clock, moved by the option `offset`, or the moment of `at`."""
        return LATER.get() or int(time.time()) + self.store.option("offset", 0)

    @contextmanager
    def at(self, moment: int | datetime) -> Iterator[None]:
        token = LATER.set(int(moment.timestamp()) if isinstance(moment, datetime) else int(moment))
        try:
            yield
        finally:
            LATER.reset(token)

    # Objects

    def new(self, kind: str, **fields) -> dict:
        obj = shapes.blank(kind)
        if "created" in shapes.fields_of(kind):
            obj["created"] = self.now()
        obj |= deepcopy(fields)
        self.store.put(obj)
        return obj

    def get(self, kind: str, id: str, param: str = "id") -> dict:
        obj = self.store.get(id) if id else None
        if not obj or obj["object"] != kind:
            raise missing(kind, id, param)
        return obj

    def save(self, obj: dict, **changes) -> dict:
        """Writes the changes; returns the values that they replaced, for `previous_attributes`."""
        before = {name: obj.get(name) for name, value in changes.items() if obj.get(name) != value}
        obj |= deepcopy(changes)
        self.store.put(obj)
        return {name: value for name, value in before.items() if not name.startswith("_")}

    def change(self, obj: dict, event: str, **changes) -> dict:
        """Saves, and tells it with `event` when something did change."""
        previous = self.save(obj, **changes)
        if previous:
            self.emit(event, obj, previous)
        return obj

    # Events

    def emit(self, type: str, obj: dict, previous: dict | None = None) -> dict:
        """Records an event about `obj` as it is now, and queues its delivery."""
        data = {"object": public(obj)} | ({"previous_attributes": previous} if previous else {})
        event = self.new(
            "event",
            type=type,
            livemode=False,
            api_version=api_version,
            data=data,
            pending_webhooks=0 if self.quiet else 1,
            request={"id": None, "idempotency_key": None},
            _delivered=self.quiet,
        )
        if not self.quiet:
            deliver.queue(self, event, thin(event) if self.store.option("thin") else public(event))
        return event


def public(obj):
    """What an answer shows: fields that begin with an underscore are the sandbox's own."""
    if isinstance(obj, dict):
        return {name: public(value) for name, value in obj.items() if not name.startswith("_")}
    if isinstance(obj, list):
        return [public(value) for value in obj]
    return obj


def thin(event: dict) -> dict:
    """The same event in the thin format: what changed, not how it is."""
    obj = event["data"]["object"]
    path = THIN_PATHS.get(obj["object"], f"{obj['object']}s")
    return {
        "id": event["id"],
        "object": "v2.core.event",
        "type": f"v1.{event['type']}",
        "created": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(event["created"])),
        "livemode": False,
        "related_object": {"id": obj["id"], "type": obj["object"], "url": f"/v1/{path}/{obj['id']}"},
        "snapshot_event": event["id"],
    }
