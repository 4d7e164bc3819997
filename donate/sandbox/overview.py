"""The control page: what there is, newest first, with buttons for what may happen to it."""

from datetime import UTC, datetime
from html import escape

from donate.sandbox import bank, deliver, subscriptions
from donate.sandbox.html import button, document, link, money, small, table

SHOWN = 25


def page(box, query: dict) -> str:
    parts = [
        settings(box),
        section(
            "Checkout sessions",
            ["Session", "When", "Amount", "State", ""],
            rows(box, "checkout.session", session_row),
        ),
        section("Payments", ["Charge", "When", "Amount", "State", ""], rows(box, "charge", charge_row)),
        section(
            "Subscriptions",
            ["Subscription", "Amount", "State", "Next", ""],
            rows(box, "subscription", subscription_row),
        ),
        section("Late invoices", ["Invoice", "When", "Amount", "State", ""], late(box)),
        section("Refunds", ["Refund", "When", "Amount", "State", ""], rows(box, "refund", plain_row)),
        section("Disputes", ["Dispute", "When", "Amount", "State", ""], rows(box, "dispute", plain_row)),
        section("Payouts", ["Payout", "When", "Amount", "State", ""], rows(box, "payout", plain_row)),
        section(
            "Events",
            ["Event", "When", "Type", "Webhook", ""],
            rows(box, "event", lambda b, e: event_row(b, e)),
        ),
    ]
    return document("Payment sandbox", "".join(parts))


def section(title: str, heads: list[str], body: list[list[str]]) -> str:
    return f"<h2>{title}</h2>{table(heads, body)}"


def rows(box, kind: str, row) -> list[list[str]]:
    return [row(box, obj) for obj in box.store.find(kind, limit=SHOWN)]


def late(box) -> list[list[str]]:
    found = box.store.find("invoice", [("json_extract(data, '$.status') = ?", "open")], SHOWN)
    return [
        [link(i["id"]), when(i["created"]), money(i["amount_due"], i["currency"]), i["status"], acts(box, i)]
        for i in found
    ]


def when(moment: int | None) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M") if moment else ""


def settings(box) -> str:
    store, switches = box.store, []
    for name, label in (
        ("drop", "webhooks are lost"),
        ("hold", "webhooks are held back"),
        ("late_balance", "fees come late"),
    ):
        on = bool(store.option(name))
        switches.append(
            button("settings", f"{label}: {'on' if on else 'off'}", "/", **{name: "off" if on else "on"})
        )
    url = store.option("webhook_url") or "nowhere"
    moves = (
        button("advance", "One month later", "/", days="31")
        + button("release", "Release held webhooks", "/")
        + button("lost", "Deliver lost webhooks", "/")
        + button("payout", "Make payout", "/", small("currency", "currency", "usd"))
    )
    waiting = len(deliver.waiting(box)) if store.option("webhook_url") else 0
    balance = ", ".join(money(row["amount"], row["currency"]) for row in bank.balance(box)["pending"]) or "0"
    return (
        f"<p>The clock says {when(box.now())} UTC. Webhooks go to <code>{escape(url)}</code>; {waiting} wait. "
        f"Balance: {balance}.</p><div class='row'>{moves}</div><div class='row'>{''.join(switches)}</div>"
    )


def session_row(box, session: dict) -> list[str]:
    state = session["status"] + (f", {session['payment_status']}" if session["status"] == "complete" else "")
    total = money(session["amount_total"], session["currency"])
    return [link(session["id"]), when(session["created"]), total, state, acts(box, session)]


def charge_row(box, charge: dict) -> list[str]:
    state = charge["status"] + (", disputed" if charge["disputed"] else "")
    if charge["amount_refunded"]:
        state += f", refunded {money(charge['amount_refunded'], charge['currency'])}"
    return [
        link(charge["id"]),
        when(charge["created"]),
        money(charge["amount"], charge["currency"]),
        state,
        acts(box, charge),
    ]


def subscription_row(box, subscription: dict) -> list[str]:
    item = subscription["items"]["data"][0]
    amount = f"{money(item['price']['unit_amount'], subscription['currency'])} / {item['price']['recurring']['interval']}"
    state = subscription["status"] + (", ending" if subscription["cancel_at_period_end"] else "")
    if subscription["pause_collection"]:
        state += ", paused"
    return [
        link(subscription["id"]),
        amount,
        state,
        when(item["current_period_end"]),
        acts(box, subscription),
    ]


def plain_row(box, obj: dict) -> list[str]:
    return [
        link(obj["id"]),
        when(obj["created"]),
        money(obj["amount"], obj["currency"]),
        obj["status"],
        acts(box, obj),
    ]


def event_row(box, event: dict) -> list[str]:
    found = box.store.rows(
        "SELECT state, attempts, answer FROM deliveries WHERE event = ? ORDER BY id DESC LIMIT 1", event["id"]
    )
    state = f"{found[0][0]} ({found[0][1]} tries {found[0][2]})" if found else "none"
    return [link(event["id"]), when(event["created"]), escape(event["type"]), state, acts(box, event)]


def acts(box, obj: dict, back: str = "/") -> str:
    """The buttons that make sense for an object as it is."""
    maker = {
        "checkout.session": session_acts,
        "charge": charge_acts,
        "subscription": subscription_acts,
        "invoice": invoice_acts,
        "refund": refund_acts,
        "dispute": dispute_acts,
        "event": event_acts,
    }.get(obj["object"])
    return maker(obj, back) if maker else ""


def session_acts(session: dict, back: str) -> str:
    id = session["id"]
    if session["status"] == "open":
        return f'<a href="/c/pay/{id}">payment page</a> ' + button("expire", "Expire", back, session=id)
    if session["status"] == "complete" and session["payment_status"] == "unpaid":
        return button("delayed", "Debit succeeds", back, session=id, outcome="paid") + button(
            "delayed", "Debit fails", back, session=id, outcome="declined"
        )
    return ""


def charge_acts(charge: dict, back: str) -> str:
    if charge["status"] != "succeeded":
        return ""
    found = ""
    if not charge["balance_transaction"]:
        found += button("release_balance", "Fee arrives", back, charge=charge["id"])
    if not charge["refunded"] and not charge["disputed"]:
        found += button("refund", "Refund", back, small("amount", "cents, or all"), charge=charge["id"])
    if not charge["disputed"]:
        found += button("dispute", "Dispute", back, charge=charge["id"])
    return found


def subscription_acts(subscription: dict, back: str) -> str:
    if subscription["status"] in subscriptions.ENDED:
        return ""
    id = subscription["id"]
    return (
        button("renew", "Next renewal", back, subscription=id)
        + button("renew", "Failed renewal", back, subscription=id, outcome="declined")
        + button("renew", "Renewal asks for authentication", back, subscription=id, outcome="authenticate")
    )


def invoice_acts(invoice: dict, back: str) -> str:
    if invoice["status"] != "open":
        return ""
    id = invoice["id"]
    return button("retry", "Next try succeeds", back, invoice=id, outcome="paid") + button(
        "retry", "Next try fails", back, invoice=id, outcome="declined"
    )


def refund_acts(refund: dict, back: str) -> str:
    return (
        button("fail_refund", "Refund fails", back, refund=refund["id"])
        if refund["status"] == "succeeded"
        else ""
    )


def dispute_acts(dispute: dict, back: str) -> str:
    if dispute["status"] not in ("needs_response", "under_review", "warning_needs_response"):
        return ""
    return button("win", "Won", back, dispute=dispute["id"]) + button(
        "lose", "Lost", back, dispute=dispute["id"]
    )


def event_acts(event: dict, back: str) -> str:
    return button("resend", "Send again", back, event=event["id"])
