"""Payment intents, charges, and what they do to the balance."""

from donate.sandbox import cards, catalog
from donate.sandbox.cards import Card

TWO_DAYS = 2 * 86400
DISPUTE_FEE = 1500
DECLINED = "Your card was declined."


def settle(box, source: dict, type: str, amount: int, currency: str, fee: int | None = 0, **fields) -> dict:
    """A balance transaction, in the currency that the option `settlement` gives: {"eur": ["usd", 1.08]}.

    `fee` None means Stripe's usual 2.9 % + 30, in the settled currency.
    """
    target, rate = box.store.option("settlement", {}).get(currency, (currency, None))
    settled = round(amount * rate) if rate else amount
    if fee is None:
        fee = round(settled * 0.029) + 30
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": target,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return box.new(
        "balance_transaction",
        amount=settled,
        available_on=box.now() + TWO_DAYS,
        currency=target,
        exchange_rate=rate,
        fee=fee,
        fee_details=details if fee else [],
        net=settled - fee,
        source=source["id"],
        type=type,
        **{"reporting_category": type} | fields,
    )


def new_intent(box, amount: int, currency: str, customer: str | None, data: dict, method_kind: str) -> dict:
    fields = ("description", "metadata", "statement_descriptor_suffix", "receipt_email", "setup_future_usage")
    intent = box.new(
        "payment_intent",
        amount=amount,
        currency=currency,
        client_secret=None,
        customer=customer,
        payment_method_types=[method_kind],
        status="requires_payment_method",
        **{name: data[name] for name in fields if data.get(name)},
    )
    box.emit("payment_intent.created", intent)
    return intent


def attempt(box, intent: dict, card: Card, donor: dict, outcome: str) -> str:
    """One try with a card. `outcome` is paid, declined, authenticate or delayed; returns it."""
    method = catalog.new_method(box, card, intent["currency"], donor, intent["customer"])
    box.save(intent, payment_method=method["id"], payment_method_types=[method["type"]])
    if outcome == "authenticate":
        error = None
        box.save(
            intent, status="requires_action", last_payment_error=error, next_action={"type": "use_stripe_sdk"}
        )
        box.emit("payment_intent.requires_action", intent)
        return outcome
    charge = new_charge(box, intent, card, method)
    if outcome == "declined":
        decline(box, intent, charge, card.decline_code)
    elif outcome == "delayed":
        box.save(charge, status="pending")
        box.save(
            intent, status="processing", latest_charge=charge["id"], last_payment_error=None, next_action=None
        )
        box.emit("charge.pending", charge)
        box.emit("payment_intent.processing", intent)
    else:
        succeed(box, intent, charge)
    return outcome


def new_charge(box, intent: dict, card: Card, method: dict) -> dict:
    return box.new(
        "charge",
        amount=intent["amount"],
        billing_details=method["billing_details"],
        calculated_statement_descriptor="SANDBOX",
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=intent["metadata"],
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=cards.details(card, intent["currency"]),
        status="pending",
        _card=card.number,
    )


def succeed(box, intent: dict, charge: dict) -> None:
    """The money is there. With the option `late_balance` its balance transaction comes with `release_balance`."""
    box.save(charge, status="succeeded", paid=True, amount_captured=charge["amount"])
    charge["receipt_url"] = f"{box.base_url}/receipt/{charge['id']}"
    box.save(charge, outcome={**dict.fromkeys(("advice_code", "network_advice_code", "network_decline_code", "reason")),
                              "network_status": "approved_by_network", "risk_level": "normal",
                              "seller_message": "Payment complete.", "type": "authorized"})  # fmt: skip
    if not box.store.option("late_balance"):
        book(box, charge)
    box.save(
        intent,
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        last_payment_error=None,
        next_action=None,
    )
    box.emit("charge.succeeded", charge)
    box.emit("payment_intent.succeeded", intent)


def book(box, charge: dict) -> None:
    entry = settle(
        box, charge, "charge", charge["amount"], charge["currency"], None, description=charge["description"]
    )
    box.save(charge, balance_transaction=entry["id"])


def release_balance(box, charge_id: str) -> dict:
    """The late balance transaction arrives."""
    charge = box.get("charge", charge_id, "charge")
    if charge["status"] == "succeeded" and not charge["balance_transaction"]:
        book(box, charge)
        box.emit("charge.updated", charge, {"balance_transaction": None})
    return charge


def decline(box, intent: dict, charge: dict, code: str) -> None:
    outcome = {**dict.fromkeys(("advice_code", "network_advice_code", "network_decline_code")), "reason": code,
               "network_status": "declined_by_network", "risk_level": "normal", "seller_message": DECLINED,
               "type": "issuer_declined"}  # fmt: skip
    box.save(charge, status="failed", failure_code="card_declined", failure_message=DECLINED, outcome=outcome)
    error = {"type": "card_error", "code": "card_declined", "decline_code": code, "message": DECLINED,
             "charge": charge["id"]}  # fmt: skip
    box.save(
        intent,
        status="requires_payment_method",
        latest_charge=charge["id"],
        last_payment_error=error,
        payment_method=None,
        next_action=None,
    )
    box.emit("charge.failed", charge)
    box.emit("payment_intent.payment_failed", intent)


def finish_delayed(box, intent: dict, succeeds: bool) -> None:
    """The end of a bank debit, days later."""
    charge = box.get("charge", intent["latest_charge"])
    if succeeds:
        succeed(box, intent, charge)
    else:
        decline(box, intent, charge, "insufficient_funds")
