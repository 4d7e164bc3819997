"""Wrong configuration fails in `manage.py check`, not at the first donor."""

from babel import UnknownLocaleError
from babel.numbers import is_currency
from django.conf import settings
from django.core import checks

from donate import account, money, protection


@checks.register
def check_live_key(app_configs, **kwargs):
    if not account.is_live():
        return []
    found = []
    if settings.DEBUG:
        found.append(checks.Error("A live Stripe key while DEBUG is on.", id="donate.E001"))
    if settings.STRIPE_API_BASE:
        found.append(
            checks.Error(
                "A live Stripe key would be sent to STRIPE_API_BASE.", hint="Unset it.", id="donate.E002"
            )
        )
    if not settings.SITE_URL.startswith("https://"):
        found.append(checks.Error("Live gifts need a SITE_URL with https.", id="donate.E003"))
    return found


@checks.register
def check_webhook(app_configs, **kwargs):
    if settings.STRIPE_SECRET_KEY and not any(settings.STRIPE_WEBHOOK_SECRETS):
        hint = "Set STRIPE_WEBHOOK_SECRETS to the signing secret of the endpoint at Stripe."
        return [checks.Warning("Stripe's events would all be refused.", hint=hint, id="donate.W001")]
    return []


@checks.register
def check_currencies(app_configs, **kwargs):
    wrong = [code for code in settings.CURRENCIES if code in money.UNSUPPORTED or not known(code)]
    if wrong or not settings.CURRENCIES:
        return [checks.Error(f"CURRENCIES holds what cannot be given in: {wrong}", id="donate.E004")]
    return []


def known(code: str) -> bool:
    try:
        return is_currency(code.upper(), "en")
    except UnknownLocaleError:
        return False


@checks.register
def check_limits(app_configs, **kwargs):
    try:
        protection.read_limits(settings.GIVE_LIMITS)
    except ValueError as error:
        return [checks.Error(f"GIVE_LIMITS cannot be read: {error}", id="donate.E005")]
    return []
