"""What the books must say, told a second time and simply, from the sandbox's own objects."""

from collections import Counter

OPEN = ("needs_response", "under_review")


def expected(sandbox) -> dict[str, dict]:
    """By payment intent: state, amounts and net of every gift, from what really happened."""
    gifts = {}
    for charge in sandbox.all("charge"):
        if charge["status"] == "succeeded":
            gifts[charge["payment_intent"]] = of_charge(sandbox, charge)
    return gifts


def of_charge(sandbox, charge: dict) -> dict:
    refunds = sandbox.all("refund", charge=charge["id"])
    disputes = sandbox.all("dispute", charge=charge["id"])
    refunded = sum(item["amount"] for item in refunds if item["status"] not in ("failed", "canceled"))
    disputed = sum(item["amount"] for item in disputes if item["status"] in (*OPEN, "lost"))
    moved = [sandbox.get(charge["balance_transaction"])]
    moved += [sandbox.get(item["balance_transaction"]) for item in refunds]
    moved += [
        sandbox.get(item["failure_balance_transaction"])
        for item in refunds
        if item["failure_balance_transaction"]
    ]
    moved += [entry for item in disputes for entry in item["balance_transactions"]]
    return {
        "state": state(charge["amount"], refunded, disputed, {item["status"] for item in disputes}),
        "amount": charge["amount"],
        "refunded": refunded,
        "disputed": disputed,
        "fee": moved[0]["fee"],
        "net": sum(entry["net"] for entry in moved),
    }


def state(amount: int, refunded: int, disputed: int, disputes: set[str]) -> str:
    if disputed:
        return "lost" if "lost" in disputes else "disputed"
    if refunded:
        return "refunded" if refunded == amount else "partially_refunded"
    return "succeeded"


def booked() -> dict[str, dict]:
    """The same, as the ledger has it; gifts whose money is there."""
    from donate.models import Gift
    from donate.totals import with_totals

    return {
        gift.stripe_payment_intent_id: {
            "state": gift.state,
            "amount": gift.amount_minor,
            "refunded": gift.refunded_minor,
            "disputed": gift.disputed_minor,
            "fee": gift.fee_minor,
            "net": gift.net_minor,
        }
        for gift in with_totals(Gift.objects.filter(received_at__isnull=False))
    }


def pending_and_failed() -> Counter:
    from donate.models import Gift
    from donate.totals import with_totals

    return Counter(with_totals(Gift.objects.filter(received_at__isnull=True)).values_list("state", flat=True))
