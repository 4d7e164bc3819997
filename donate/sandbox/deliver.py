"""Webhooks: a queue in the store, signed when sent, tried again, and open to interference.

Options: `webhook_url` (empty: deliveries wait to be collected), `drop` (new ones are lost), `hold` (new ones wait for
`release`), `duplicate` (how many further copies), `thin` (the other payload format).
"""

import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from stripe import WebhookSignature

RETRY_AFTER = (1, 3, 10, 60, 600, 3600)  # seconds; the last again and again
TIMEOUT = 15
WAKE = threading.Event()


@dataclass(frozen=True)
class Delivery:
    """One copy of one event on its way: `body` is text, `headers` hold a signature that is fresh now."""

    id: int
    event: str
    state: str
    body: str
    headers: dict[str, str]

    @property
    def type(self) -> str:
        return json.loads(self.body)["type"]


def queue(box, event: dict, payload: dict) -> None:
    store, body = box.store, json.dumps(payload, separators=(",", ":"))
    state = "dropped" if store.option("drop") else "held" if store.option("hold") else "pending"
    for _ in range(1 + store.option("duplicate", 0)):
        store.rows(
            "INSERT INTO deliveries (event, place, state, body) VALUES (?, ?, ?, ?)",
            event["id"],
            time.time(),
            state,
            body,
        )
    WAKE.set()


def waiting(box, *states: str, event: str = "") -> list[Delivery]:
    """Deliveries in the given states (default: pending), in the order in which they would be sent."""
    marks = ",".join("?" * len(states or ("pending",)))
    sql = f"SELECT id, event, state, body FROM deliveries WHERE state IN ({marks})"  # noqa: S608 - marks only
    values = list(states or ("pending",))
    if event:
        sql, values = sql + " AND event = ?", [*values, event]
    rows = box.store.rows(sql + " ORDER BY place, id", *values)
    return [Delivery(*row, headers=signed(box, row[3])) for row in rows]


def signed(box, body: str) -> dict[str, str]:
    header = WebhookSignature.generate_signature_header(body, box.secret, int(time.time()))
    return {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": header}


def note(box, delivery: Delivery, status: int | str) -> None:
    """Writes down how the site answered; anything but 2xx is tried again later."""
    good = isinstance(status, int) and 200 <= status < 300
    with box.store.transaction():
        ((attempts,),) = box.store.rows("SELECT attempts FROM deliveries WHERE id = ?", delivery.id) or (
            (0,),
        )
        pause = RETRY_AFTER[min(attempts, len(RETRY_AFTER) - 1)]
        box.store.rows(
            "UPDATE deliveries SET state = ?, attempts = attempts + 1, next_at = ?, answer = ? WHERE id = ?",
            "delivered" if good else "pending",
            time.time() + pause,
            str(status),
            delivery.id,
        )
        event = box.store.get(delivery.event)
        if good and event and not event["_delivered"]:
            box.save(event, _delivered=True, pending_webhooks=0)


def release(box, shuffle: int | None = None, states: tuple[str, ...] = ("held",)) -> int:
    """Lets held (or dropped) deliveries go; with `shuffle` in an order drawn from that seed. Returns how many."""
    with box.store.transaction():
        ids = [d.id for d in waiting(box, *states)]
        if shuffle is not None:
            random.Random(shuffle).shuffle(ids)  # noqa: S311 - an order, not a secret
        for place, id in enumerate(ids):
            box.store.rows(
                "UPDATE deliveries SET state = 'pending', place = ?, next_at = 0 WHERE id = ?",
                time.time() + place / 1e6,
                id,
            )
    WAKE.set()
    return len(ids)


def resend(box, event: str) -> None:
    """One more copy of an event, whatever became of the others."""
    found = box.store.rows("SELECT body FROM deliveries WHERE event = ? LIMIT 1", event)
    if found:
        box.store.rows(
            "INSERT INTO deliveries (event, place, state, body) VALUES (?, ?, 'pending', ?)",
            event,
            time.time(),
            found[0][0],
        )
    WAKE.set()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def post(url: str, delivery: Delivery) -> int | str:
    """The site's status, or why there was none."""
    request = urllib.request.Request(url, delivery.body.encode(), delivery.headers)  # noqa: S310 - set by the operator
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError as error:
        return type(error).__name__


class Deliverer(threading.Thread):
    """Posts what is due, one after another, until `stop()`."""

    def __init__(self, box):
        super().__init__(daemon=True, name="sandbox-webhooks")
        self.box = box
        self.stopping = threading.Event()

    def due(self) -> list[Delivery]:
        rows = self.box.store.rows(
            "SELECT id, event, state, body FROM deliveries WHERE state = 'pending' AND next_at <= ? ORDER BY place, id LIMIT 50",
            time.time(),
        )
        return [Delivery(*row, headers={}) for row in rows]

    def run(self) -> None:
        while not self.stopping.is_set():
            url = self.box.store.option("webhook_url", "")
            due = self.due() if url else []
            for delivery in due:
                if self.stopping.is_set():
                    return
                fresh = Delivery(
                    delivery.id, delivery.event, "pending", delivery.body, signed(self.box, delivery.body)
                )
                note(self.box, fresh, post(url, fresh))
            if not due:
                WAKE.wait(0.5)  # other processes add deliveries too
                WAKE.clear()

    def stop(self) -> None:
        self.stopping.set()
        WAKE.set()
        self.join(timeout=5)
