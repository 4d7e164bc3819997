"""Refunds: money on its way back, and sometimes back again."""

from donate.sandbox import cards, payments
from donate.sandbox.errors import Refusal


def charge_for(box, params: dict) -> dict:
    if params.get("charge"):
        return box.get("charge", params["charge"], "charge")
    if not params.get("payment_intent"):
        raise Refusal(
            "One of charge and payment_intent is needed.", param="payment_intent", code="parameter_missing"
        )
    intent = box.get("payment_intent", params["payment_intent"], "payment_intent")
    if not intent["latest_charge"]:
        raise Refusal(
            "This PaymentIntent does not have a successful charge to refund.", param="payment_intent"
        )
    return box.get("charge", intent["latest_charge"])


def refund(box, params: dict) -> dict:
    """From the params of `refunds.create`; without an amount all that is left."""
    charge = charge_for(box, params)
    if charge["status"] != "succeeded":
        raise Refusal("This charge has not succeeded.", param="charge")
    if any(
        d["status"] not in ("won", "warning_closed") for d in box.store.where("dispute", charge=charge["id"])
    ):
        raise Refusal("The charge has been charged back.", param="charge", code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if not left:
        raise Refusal("Charge has already been refunded.", param="charge", code="charge_already_refunded")
    amount = params.get("amount", left)
    if not 0 < amount <= left:
        raise Refusal("Refund amount is greater than what is left of the charge.", param="amount")
    return new_refund(box, charge, amount, params)


def new_refund(box, charge: dict, amount: int, params: dict) -> dict:
    refund = box.new(
        "refund",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status="succeeded",
        destination_details={"type": "card"},
    )
    entry = payments.settle(box, refund, "refund", -amount, charge["currency"])
    box.save(refund, balance_transaction=entry["id"])
    counted(box, charge, amount)
    box.emit("refund.created", refund)
    box.emit("charge.refunded", charge)
    if (card := cards.card_of(charge["_card"])) and card.refund_fails:
        fail_refund(box, refund["id"])
    return refund


def counted(box, charge: dict, amount: int) -> None:
    total = charge["amount_refunded"] + amount
    box.save(charge, amount_refunded=total, refunded=total == charge["amount"])


def fail_refund(box, id: str, status: str = "failed") -> dict:
    """The bank sends it back; `status` may be canceled too."""
    refund = box.get("refund", id)
    if refund["status"] not in ("succeeded", "pending", "requires_action"):
        raise Refusal(f"The refund is {refund['status']}.", param="refund")
    entry = payments.settle(box, refund, "refund_failure", refund["amount"], refund["currency"])
    reason = "expired_or_canceled_card" if status == "failed" else None
    box.save(refund, status=status, failure_reason=reason, failure_balance_transaction=entry["id"])
    charge = box.get("charge", refund["charge"])
    counted(box, charge, -refund["amount"])
    box.emit("refund.updated", refund, {"status": "succeeded"})
    box.emit("charge.refund.updated", refund)
    if status == "failed":
        box.emit("refund.failed", refund)
    return refund
