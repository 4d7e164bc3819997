"""What the environment says of our Stripe account; asks nobody."""

from django.conf import settings

LIVE = ("sk_live_", "rk_live_")


def takes_gifts() -> bool:
    """Is there a key at all? Without one the site runs and giving says that it is closed."""
    return bool(settings.STRIPE_SECRET_KEY)


def is_live() -> bool:
    """Real money. Whatever we count, show or write is of this mode alone."""
    return settings.STRIPE_SECRET_KEY.startswith(LIVE)


def default_currency() -> str:
    """In lower case, as Stripe writes it."""
    return settings.CURRENCIES[0]
