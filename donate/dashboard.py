"""Where a thing is to be seen in Stripe's dashboard."""

from donate import account

HOME = "https://dashboard.stripe.com"
PLACES = {
    "pi_": "payments",
    "ch_": "payments",
    "py_": "payments",
    "cus_": "customers",
    "sub_": "subscriptions",
    "in_": "invoices",
    "evt_": "events",
    "du_": "disputes",
    "dp_": "disputes",
    "po_": "payouts",
    "cs_": "checkout/sessions",
}


def address(stripe_id: str | None) -> str:
    """The dashboard's page of an object, in our mode; empty where there is none."""
    mode = "" if account.is_live() else "/test"
    for prefix, place in PLACES.items():
        if stripe_id and stripe_id.startswith(prefix):
            return f"{HOME}{mode}/{place}/{stripe_id}"
    return ""
