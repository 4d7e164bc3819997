"""Disputes: a donor's bank takes the money back until somebody has decided."""

from donate.sandbox import payments
from donate.sandbox.errors import Refusal

WEEK = 7 * 86400
DECIDED = ("won", "lost", "warning_closed", "prevented")


def open_dispute(
    box, charge_id: str, amount: int | None = None, reason: str = "fraudulent", inquiry: bool = False
) -> dict:
    """By charge id; an inquiry moves no money. The fee is 15.00 in the settled currency."""
    charge = box.get("charge", charge_id, "charge")
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise Refusal("Only a charge that succeeded and is not disputed can be disputed.", param="charge")
    due = box.now() + WEEK
    dispute = box.new(
        "dispute",
        amount=amount or charge["amount"] - charge["amount_refunded"] or charge["amount"],
        charge=charge_id,
        currency=charge["currency"],
        evidence_details={
            "due_by": due,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },  # fmt: skip
        is_charge_refundable=inquiry,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    box.save(charge, disputed=True)
    if not inquiry:
        withdraw(box, dispute)
    box.emit("charge.dispute.created", dispute)
    if not inquiry:
        box.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def withdraw(box, dispute: dict) -> None:
    entry = payments.settle(
        box,
        dispute,
        "adjustment",
        -dispute["amount"],
        dispute["currency"],
        payments.DISPUTE_FEE,
        reporting_category="dispute",
    )
    box.save(dispute, balance_transactions=[*dispute["balance_transactions"], entry])


def close(box, id: str, won: bool) -> dict:
    dispute = box.get("dispute", id)
    if dispute["status"] in DECIDED:
        raise Refusal("This dispute is already closed", param="dispute")
    if dispute["status"].startswith("warning"):
        box.save(dispute, status="warning_closed")
    elif won:
        entry = payments.settle(
            box,
            dispute,
            "adjustment",
            dispute["amount"],
            dispute["currency"],
            reporting_category="dispute_reversal",
        )
        box.save(dispute, status="won", balance_transactions=[*dispute["balance_transactions"], entry])
    else:
        box.save(dispute, status="lost")
    box.emit("charge.dispute.closed", dispute)
    if dispute["status"] == "won":
        box.emit("charge.dispute.funds_reinstated", dispute)
    return dispute
