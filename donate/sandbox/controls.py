"""What takes weeks at Stripe, at once: every function takes the sandbox and text, and answers an object.

Over HTTP: `POST /_control/<name>` with the arguments as form fields; the answer is the object as JSON, or, for a
browser, 303 back to the page it came from. `POST /_control/advance` moves the clock.

    pay session [card] [email] [name] [confirmed]     renew subscription [outcome]      retry invoice [outcome]
    delayed session outcome                           delayed_invoice invoice outcome   expire session
    refund charge [amount] [reason]                   fail_refund refund                cancel_refund refund
    dispute charge [amount] [reason] [inquiry]        win dispute                       lose dispute
    payout [currency] [days]                          release_balance charge            advance days
    settings name=value ...                           fault status|drop|slow|garbage... resend event
    release [shuffle]                                 lost                              reset

`outcome` is paid, declined, authenticate or delayed. Settings: webhook_url, drop, hold, duplicate, thin, late_balance,
settlement (JSON: {"eur": ["usd", 1.08]}), offset. A fault answers the next matching request: status, code, message,
path (a prefix), method, times, slow (seconds before the answer), drop (close without a word), after (do the work
first), stored (kept under the idempotency key), garbage (not JSON), cut (close in the middle of the answer),
drip (seconds over which the answer trickles).
"""

import json

from donate.sandbox import bank, checkout, deliver, disputes, payments, reversals, subscriptions
from donate.sandbox.errors import Refusal
from donate.sandbox.objects import Sandbox, public

SETTINGS = ("webhook_url", "drop", "hold", "duplicate", "thin", "late_balance", "settlement", "offset")


def number(text) -> int | None:
    return int(text) if text not in (None, "") else None


def truth(text) -> bool | None:
    return None if text in (None, "") else str(text).lower() in ("1", "true", "yes", "on")


def pay(
    box: Sandbox,
    session: str,
    card: str = "4242424242424242",
    email: str = "",
    name: str = "",
    confirmed=None,
) -> dict:
    email = email or box.get("checkout.session", session)["customer_email"] or "donor@example.org"
    checkout.pay(box, session, card, email, name, truth(confirmed))
    return box.get("checkout.session", session)


def delayed(box: Sandbox, session: str, outcome: str = "paid") -> dict:
    return checkout.finish_delayed(box, session, outcome == "paid")


def delayed_invoice(box: Sandbox, invoice: str, outcome: str = "paid") -> dict:
    return subscriptions.finish_delayed_invoice(box, invoice, outcome == "paid")


def expire(box: Sandbox, session: str) -> dict:
    return checkout.expire(box, session)


def renew(box: Sandbox, subscription: str, outcome: str = "") -> dict:
    return subscriptions.renew(box, subscription, outcome)


def retry(box: Sandbox, invoice: str, outcome: str = "") -> dict:
    return subscriptions.retry(box, invoice, outcome)


def refund(box: Sandbox, charge: str, amount="", reason: str = "requested_by_customer") -> dict:
    params = {"charge": charge, "reason": reason} | ({"amount": number(amount)} if amount else {})
    return reversals.refund(box, params)


def fail_refund(box: Sandbox, refund: str) -> dict:
    return reversals.fail_refund(box, refund)


def cancel_refund(box: Sandbox, refund: str) -> dict:
    return reversals.fail_refund(box, refund, "canceled")


def dispute(box: Sandbox, charge: str, amount="", reason: str = "fraudulent", inquiry="") -> dict:
    return disputes.open_dispute(box, charge, number(amount), reason, bool(truth(inquiry)))


def win(box: Sandbox, dispute: str) -> dict:
    return disputes.close(box, dispute, True)


def lose(box: Sandbox, dispute: str) -> dict:
    return disputes.close(box, dispute, False)


def payout(box: Sandbox, currency: str = "usd", days="2") -> dict:
    return bank.make_payout(box, currency, int(days))


def release_balance(box: Sandbox, charge: str) -> dict:
    return payments.release_balance(box, charge)


def advance(box: Sandbox, days="31") -> dict:
    """The clock moves on, and what falls due on the way happens, dated when it was due."""
    box.store.set_option("offset", box.store.option("offset", 0) + round(float(days) * 86400))
    return {"renewed": subscriptions.renew_due(box), "now": box.now()}


def settings(box: Sandbox, **values) -> dict:
    for name, value in values.items():
        if name not in SETTINGS:
            raise Refusal(f"There is no setting {name}.", param=name)
        if name == "webhook_url":
            set_webhook(box, value)
            continue
        if name == "settlement":
            value = json.loads(value or "{}") if isinstance(value, str) else value
        else:
            value = int(value) if name in ("duplicate", "offset") else truth(value)
        box.store.set_option(name, value)
    deliver.WAKE.set()
    return {name: box.store.option(name) for name in SETTINGS}


def set_webhook(box: Sandbox, url: str) -> None:
    """Webhooks go there from now on; empty: they wait to be collected."""
    box.store.set_option("webhook_url", url)
    found = box.store.find("webhook_endpoint")
    if url and found:
        box.save(found[0], url=url, status="enabled")
    elif url:
        box.new("webhook_endpoint", url=url)
    elif found:
        box.save(found[0], status="disabled")


def fault(box: Sandbox, times="1", **how) -> dict:
    """Queues a fault for the next requests; see above for its fields."""
    for name in ("status", "slow", "drip"):
        if name in how:
            how[name] = float(how[name]) if name != "status" else int(how[name])
    queue = box.store.option("faults", []) + [how] * int(times)
    box.store.set_option("faults", queue)
    return {"faults": queue}


def resend(box: Sandbox, event: str) -> dict:
    deliver.resend(box, event)
    return box.get("event", event)


def release(box: Sandbox, shuffle="") -> dict:
    """Held deliveries go, in their order or in one drawn from the seed `shuffle`."""
    box.store.set_option("hold", False)
    return {"released": deliver.release(box, number(shuffle))}


def lost(box: Sandbox) -> dict:
    """What was dropped is delivered after all."""
    return {"released": deliver.release(box, states=("dropped",))}


def reset(box: Sandbox) -> dict:
    """Everything is forgotten but where webhooks go."""
    url = box.store.option("webhook_url", "")
    box.store.clear()
    set_webhook(box, url)
    return {"webhook_url": url}


CONTROLS = {
    act.__name__: act
    for act in (pay, delayed, delayed_invoice, expire, renew, retry, refund, fail_refund, cancel_refund, dispute, win, lose,
                payout, release_balance, advance, settings, fault, resend, release, lost, reset)
}  # fmt: skip


def act(box: Sandbox, name: str, fields: dict[str, str]) -> dict:
    """Runs one control by name in one transaction."""
    if name not in CONTROLS:
        raise Refusal(f"There is no control {name}.", status=404)
    try:
        with box.store.transaction():
            return CONTROLS[name](box, **fields)
    except (TypeError, ValueError) as error:
        raise Refusal(f"{name}: {error}") from error


def shown(result: dict) -> dict:
    """An object as the API shows it; a plain result as it is."""
    return public(result)
