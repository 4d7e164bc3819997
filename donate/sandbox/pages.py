"""Pages for people: hosted payment, invoice, portal, one object. The overview is in overview.py. No script anywhere."""

import json
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, quote

from donate.sandbox import cards, checkout, forms, overview, portal, subscriptions
from donate.sandbox.errors import Refusal
from donate.sandbox.html import document, field, link, money
from donate.sandbox.objects import public

STYLE = (Path(__file__).parent / "sandbox.css").read_text()
POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def respond(box, verb: str, path: str, query: str, body: str) -> tuple[int, str, dict[str, str]]:
    """Status, content and headers of any page."""
    if path == "/sandbox.css":
        return 200, STYLE, {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "max-age=60"}
    if path == "/favicon.ico":
        return 404, "", {}
    fields = {name: values[-1] for name, values in parse_qs(query).items()}
    sent = forms.decode(body) if verb == "POST" else None
    try:
        for start, page in PAGES:
            if path == start or (start.endswith("/") and start != "/" and path.startswith(start)):
                return with_policy(page(box, path.removeprefix(start), fields, sent))
        raise Refusal("There is no such page.", status=404)
    except Refusal as refusal:
        return with_policy((refusal.status, refused(refusal, "/")))


def with_policy(answer: tuple) -> tuple[int, str, dict[str, str]]:
    status, content, headers = (*answer, {})[:3]
    return status, content, POLICY | headers


def redirect(url: str) -> tuple[int, str, dict[str, str]]:
    return 303, "", {"Location": url}


def refused(refusal: Refusal, back: str) -> str:
    return document(
        "That did not work",
        f'<p class="problem">{escape(str(refusal))}</p><p><a href="{escape(back)}">Back</a></p>',
        narrow=True,
    )


# The hosted payment page ------------------------------------------------------------------------------


def hosted(box, id: str, query: dict, sent: dict | None) -> tuple:
    session = box.get("checkout.session", id)
    if sent is None:
        return hosted_form(box, session)
    number = sent.get("use") or sent.get("card", "")
    confirmed = {"yes": True, "no": False}.get(sent.get("confirmed", ""))
    try:
        with box.store.transaction():
            outcome = checkout.pay(box, id, number, sent.get("email", ""), sent.get("name", ""), confirmed)
    except Refusal as refusal:
        return hosted_form(box, box.get("checkout.session", id), str(refusal), sent)
    session = box.get("checkout.session", id)
    if outcome == "declined":
        return hosted_form(
            box, session, "Your card was declined. Nothing was charged; try another one.", sent
        )
    if outcome == "authenticate":
        return 200, authentication(id, number, sent)
    return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", id))


def hosted_form(box, session: dict, problem: str = "", sent: dict | None = None) -> tuple:
    back = (
        f'<p><a href="{escape(session["cancel_url"])}">Back without paying</a></p>'
        if session["cancel_url"]
        else ""
    )
    if session["status"] == "open" and session["expires_at"] <= box.now():
        with box.store.transaction():
            session = checkout.expire(box, session["id"])
    if session["status"] != "open":
        done = {"complete": "This payment is complete.", "expired": "This payment page has run out."}[
            session["status"]
        ]
        return 200, document(done, back, narrow=True)
    sent = sent or {}
    email = (
        sent.get("email")
        or session["customer_email"]
        or checkout.known_email(box, session)
        or "donor@example.org"
    )
    interval = (session["_line_items"][0]["price"]["recurring"] or {}).get("interval")
    each = f" every {interval}" if interval else ""
    warning = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    others = "".join(
        f'<button name="use" value="{card.number}">{spaced(card.number)} {escape(card.label)}</button>'
        for card in cards.CARDS.values()
    )
    verb = "Give" if session["submit_type"] == "donate" else "Pay"
    total = money(session["amount_total"], session["currency"])
    items = "".join(
        f"<li>{escape(i['description'])}: {money(i['amount_total'], i['currency'])}</li>"
        for i in session["_line_items"]
    )
    body = f"""{warning}<p class="total">{total}{each}</p><ul>{items}</ul>
<form method="post" class="tall">{field("email", "E-mail", email, "email", "required autocomplete=email")}
{field("name", "Name on card", sent.get("name", "Ada Donor"), more="autocomplete=cc-name")}
{field("card", "Card number", sent.get("card") or "4242 4242 4242 4242", more="inputmode=numeric autocomplete=off")}
<button class="first">{verb} {total}</button>
<details{" open" if problem else ""}><summary>Pay with another test card</summary><div class="others">{others}</div></details>
</form>{back}"""
    return 200, document("Payment", body, narrow=True)


def spaced(number: str) -> str:
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def authentication(id: str, number: str, sent: dict) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (
            ("card", number),
            ("email", sent.get("email", "")),
            ("name", sent.get("name", "")),
        )
    )
    body = f"""<p>Your bank wants to know that it is you (3-D Secure).</p>
<form method="post" action="/c/pay/{escape(id)}" class="tall">{hidden}
<button class="first" name="confirmed" value="yes">Complete authentication</button>
<button name="confirmed" value="no">Fail authentication</button></form>"""
    return document("Your bank asks", body, narrow=True)


# An invoice that waits for its donor ---------------------------------------------------------------------


def invoice(box, id: str, query: dict, sent: dict | None) -> tuple:
    found = box.get("invoice", id)
    if sent is not None and found["status"] == "open":
        with box.store.transaction():
            subscriptions.collect(box, found, sent.get("outcome", "paid"))
        return redirect(f"/i/{id}")
    total = money(found["amount_due"], found["currency"])
    if found["status"] != "open":
        return 200, document(
            "Invoice", f"<p class='total'>{total}</p><p>This invoice is {found['status']}.</p>", narrow=True
        )
    body = f"""<p class="total">{total}</p><form method="post" class="tall">
<button class="first" name="outcome" value="paid">Authenticate and pay</button>
<button name="outcome" value="declined">Fail</button></form>"""
    return 200, document("Invoice", body, narrow=True)


# The portal ---------------------------------------------------------------------------------------------


def customer_portal(box, rest: str, query: dict, sent: dict | None) -> tuple:
    session = portal.visit(box, rest)
    if sent is None:
        return 200, portal_page(box, session, rest, query.get("done", ""))
    try:
        with box.store.transaction():
            portal_act(box, session, sent)
    except Refusal as refusal:
        return 200, portal_page(box, session, rest, str(refusal))
    end = (session["flow"] or {}).get("after_completion", {})
    if end.get("type") == "redirect":
        return redirect(end["redirect"]["return_url"])
    return redirect(f"/p/session/{rest}?done=" + quote("Done."))


def portal_act(box, session: dict, sent: dict) -> None:
    if sent.get("act") == "card":
        portal.new_card(box, session, sent.get("use") or sent.get("card", ""))
        return
    own = {s["id"] for s in box.store.where("subscription", customer=session["customer"])}
    if sent.get("subscription") not in own:
        raise Refusal("No such subscription.", status=404)
    (portal.stop if sent.get("act") == "stop" else portal.keep)(box, sent["subscription"])


def portal_page(box, session: dict, rest: str, said: str) -> str:
    flow = (session["flow"] or {}).get("type", "")
    parts = [f'<p class="problem" role="status">{escape(said)}</p>'] if said else []
    if flow in ("", "payment_method_update"):
        parts.append(card_form())
    if flow != "payment_method_update":
        parts += [portal_subscription(s) for s in portal.standing(box, session)]
        rows = box.store.where("invoice", customer=session["customer"])
        items = "".join(
            f"<li>{money(i['amount_due'], i['currency'])}: {i['status']} {link_to_invoice(i)}</li>"
            for i in rows
        )
        parts.append(f"<h2>History</h2><ul>{items}</ul>")
    if session["return_url"]:
        parts.append(f'<p><a href="{escape(session["return_url"])}">Back to the site</a></p>')
    return document("Your payments", "".join(parts), narrow=True)


def card_form() -> str:
    others = "".join(
        f'<button name="use" value="{c.number}">{spaced(c.number)} {escape(c.label)}</button>'
        for c in cards.CARDS.values()
    )
    return f"""<h2>New card</h2><form method="post" class="tall"><input type="hidden" name="act" value="card">
{field("card", "Card number", "4242 4242 4242 4242", more="inputmode=numeric autocomplete=off")}
<button class="first">Save card</button>
<details><summary>Another test card</summary><div class="others">{others}</div></details></form>"""


def portal_subscription(subscription: dict) -> str:
    item = subscription["items"]["data"][0]
    price = f"{money(item['price']['unit_amount'], subscription['currency'])} every {item['price']['recurring']['interval']}"
    ending = subscription["cancel_at_period_end"]
    act, label = ("keep", "Keep it") if ending else ("stop", "Cancel at the end of the period")
    state = "ends after this period" if ending else subscription["status"]
    return f"""<h2>{price}</h2><p>{state}</p><form method="post"><input type="hidden" name="act" value="{act}">
<input type="hidden" name="subscription" value="{subscription["id"]}"><button>{label}</button></form>"""


def link_to_invoice(invoice: dict) -> str:
    return f'<a href="/i/{invoice["id"]}">pay</a>' if invoice["status"] == "open" else ""


# One object, one receipt ---------------------------------------------------------------------------------


def one_object(box, id: str, query: dict, sent: dict | None) -> tuple:
    obj = box.store.get(id)
    if not obj:
        raise Refusal("There is no such object.", status=404)
    events = box.store.find("event", [("json_extract(data, '$.data.object.id') = ?", id)])
    rows = "".join(f"<li>{escape(e['type'])} {link(e['id'])}</li>" for e in events)
    acts = overview.acts(box, obj, f"/object/{id}")
    body = f"{acts}<h2>Events</h2><ul>{rows}</ul><h2>Object</h2><pre><code>{escape(json.dumps(public(obj), indent=2))}</code></pre>"
    return 200, document(f"{obj['object']} {id}", body + '<p><a href="/">All</a></p>')


def receipt(box, id: str, query: dict, sent: dict | None) -> tuple:
    charge = box.get("charge", id)
    back = money(charge["amount_refunded"], charge["currency"])
    body = f"<p class='total'>{money(charge['amount'], charge['currency'])}</p><p>{charge['status']}; refunded {back}</p>"
    return 200, document("Stripe's receipt", body, narrow=True)


PAGES = [
    ("/c/pay/", hosted),
    ("/i/", invoice),
    ("/p/session/", customer_portal),
    ("/object/", one_object),
    ("/receipt/", receipt),
    ("/", lambda box, rest, query, sent: (200, overview.page(box, query))),
]
