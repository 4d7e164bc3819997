"""Payouts and the balance."""

from donate.sandbox import payments
from donate.sandbox.errors import Refusal


def unpaid_out(box, currency: str = "") -> list[dict]:
    """Balance transactions that no payout holds, newest first."""
    conditions = [("json_extract(data, '$._payout') IS ?", None)]
    if currency:
        conditions.append(("json_extract(data, '$.currency') = ?", currency))
    return box.store.find("balance_transaction", conditions)


def make_payout(box, currency: str = "usd", days: int = 2) -> dict:
    """All that lies in the balance of one currency goes to the bank; it arrives `days` later."""
    entries = unpaid_out(box, currency)
    total = sum(entry["net"] for entry in entries)
    if total <= 0:
        raise Refusal("There is nothing to pay out.", param="amount", code="balance_insufficient")
    payout = box.new(
        "payout",
        amount=total,
        arrival_date=box.now() + days * 86400,
        currency=currency,
        description="STRIPE PAYOUT",
    )
    out = payments.settle(box, payout, "payout", -total, currency, _payout=payout["id"])
    box.save(payout, balance_transaction=out["id"])
    for entry in [*entries, out]:
        box.save(entry, _payout=payout["id"], status="available")
    box.emit("payout.created", payout)
    box.emit("payout.paid", payout)
    return payout


def balance(box) -> dict:
    sums: dict[str, int] = {}
    for entry in unpaid_out(box):
        sums[entry["currency"]] = sums.get(entry["currency"], 0) + entry["net"]
    rows = [
        {"amount": total, "currency": currency, "source_types": {"card": total}}
        for currency, total in sums.items()
    ]
    nothing = [{"amount": 0, "currency": row["currency"], "source_types": {"card": 0}} for row in rows]
    return {"object": "balance", "available": nothing, "livemode": False, "pending": rows}
