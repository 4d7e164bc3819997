"""Amounts are whole numbers of a currency's smallest unit, from the form to the export. No float anywhere."""

import re
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol

from home.dates import reading_locale

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
# Their amounts at Stripe have other decimals than in life: left out until somebody needs them.
UNSUPPORTED = frozenset({"isk", "ugx"})
LARGEST_MINOR = 99_999_999  # Stripe's eight digits
LONGEST_TEXT = 20
# The least that Stripe charges, in minor units (to be compared with its table before going live).
STRIPE_MINIMUM = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
# Ours is higher: fees eat tiny gifts, and tiny amounts are what stolen cards are tried with.
TIMES_STRIPE_MINIMUM = 4


class AmountError(ValueError):
    """The text is no amount. `code` is unreadable, decimals or unit."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units of a currency (lower case)."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise TypeError("Amounts of two currencies are never added together.")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        return display(self.minor, self.currency)


def decimals(currency: str) -> int:
    """How many decimals an amount of this currency has at Stripe."""
    currency = currency.lower()
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def minimum(currency: str) -> int:
    """The product's own smallest gift, in minor units, where a campaign sets none."""
    currency = currency.lower()
    places = decimals(currency)
    least = STRIPE_MINIMUM.get(currency, 10**places if places else 500)
    return least * TIMES_STRIPE_MINIMUM


def parse_amount(text: str, currency: str) -> int:
    """What a person typed, in minor units; AmountError for anything that could be read in two ways.

    A comma with exactly three digits after it groups thousands; otherwise one point or comma, with at most the
    currency's decimals.
    """
    text = text.strip(" ")
    places = decimals(currency)
    if not text or len(text) > LONGEST_TEXT:
        raise AmountError("unreadable")
    if re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?", text):
        text = text.replace(",", "")
    parts = re.fullmatch(r"([0-9]+)(?:[.,]([0-9]+))?", text)
    if not parts:
        raise AmountError("unreadable")
    whole, fraction = parts[1], parts[2] or ""
    if len(fraction) > places:
        raise AmountError("decimals")
    minor = int(whole) * 10**places + int(fraction.ljust(places, "0") or 0)
    if minor % unit_of(currency):
        raise AmountError("unit")
    return minor


def typed(minor: int, currency: str) -> str:
    """As a person would type it, and parse_amount reads back: 25 or 25.50."""
    places = decimals(currency)
    whole, rest = divmod(minor, 10**places)
    return f"{whole}.{rest:0{places}}" if rest else str(whole)


def display(minor: int, currency: str, locale: Locale | None = None) -> str:
    """As people of the reader's language write it; whole amounts without decimals."""
    locale = locale or reading_locale()
    places = decimals(currency)
    shown = places if minor % 10**places else 0
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (shown, shown)
    amount = Decimal(minor).scaleb(-places)
    text = pattern.apply(amount, locale, currency=currency.upper(), currency_digits=False)
    return re.sub(r"(?<=[A-Za-z])(?=[0-9])", "\N{NO-BREAK SPACE}", text)  # KWD 4; Babel leaves the space out


def symbol(currency: str) -> str:
    return get_currency_symbol(currency.upper(), locale=reading_locale())


def name(currency: str) -> str:
    """Such as “US dollar ($)”."""
    return f"{get_currency_name(currency.upper(), locale=reading_locale())} ({symbol(currency)})"


def fee_to_cover(gift_minor: int, currency: str, basis_points: int, fixed_minor: int) -> int:
    """What to add so that the whole gift is left after the fee; rounded up, on the fee and never on the gift."""
    if basis_points >= 10_000:
        raise ValueError("A fee of all that is given cannot be covered.")
    unit = unit_of(currency) * (10_000 - basis_points)
    total = -(-(gift_minor + fixed_minor) * 10_000 // unit) * unit_of(currency)
    return total - gift_minor


def unit_of(currency: str) -> int:
    """Stripe rounds three-decimal currencies to ten of their smallest unit."""
    return 10 if decimals(currency) == 3 else 1
