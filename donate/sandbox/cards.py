"""The test cards and bank accounts that the hosted page takes, and what each does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """`now` and `later` (renewals) are paid, declined, authenticate or delayed."""

    number: str
    label: str
    now: str = "paid"
    later: str = "paid"
    decline_code: str = "generic_decline"
    brand: str = "visa"
    type: str = "card"
    disputed: bool = False
    refund_fails: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "is accepted"),
        Card("5555555555554444", "is accepted (Mastercard)", brand="mastercard"),
        Card("4000000000000002", "is declined", "declined", "declined"),
        Card("4000000000009995", "has not enough money", "declined", "declined", "insufficient_funds"),
        Card("4000002500003155", "asks for authentication once", "authenticate"),
        Card("4000002760003184", "asks for authentication every time", "authenticate", "authenticate"),
        Card("4000000000000341", "is accepted now and declined at renewals", "paid", "declined"),
        Card("4000000000000259", "is accepted, then disputed", disputed=True),
        Card("4000000000005126", "is accepted; a refund to it fails later", refund_fails=True),
        Card("000123456789", "bank debit: on its way for days", "delayed", "delayed", type="debit"),
    )
}
GOOD = CARDS["4242424242424242"]
DEBITS = {"eur": "sepa_debit", "gbp": "bacs_debit"}


def card_of(number: str) -> Card | None:
    return CARDS.get(number.replace(" ", "").replace("-", ""))


def method_type(card: Card, currency: str) -> str:
    """Stripe's name of the payment method; bank debits differ by currency."""
    return "card" if card.type == "card" else DEBITS.get(currency, "us_bank_account")


def details(card: Card, currency: str) -> dict:
    """A charge's `payment_method_details`."""
    kind = method_type(card, currency)
    if kind == "card":
        inner = {
            "brand": card.brand,
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "funding": "credit",
            "last4": card.last4,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        }
    else:
        inner = {"last4": card.last4}
    return {"type": kind, kind: inner}
