"""A member of staff's authenticator and recovery codes, and whether the rules ask for them."""

import secrets

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from home.models import SignInSettings, User

RECOVERY_CODES = 10
# No letters and digits that are taken for one another when copied from paper.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def authenticator_of(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def is_required_of(user: User) -> bool:
    rules = SignInSettings.load()
    if user.is_superuser and rules.second_step_for_administrators:
        return True
    return rules.second_step_groups.filter(user=user).exists()


def is_awaited(user: User) -> bool:
    """Has the password been given, and is the code still missing?"""
    if user.is_verified():
        return False
    return authenticator_of(user) is not None or is_required_of(user)


def unconfirmed_authenticator(user: User) -> TOTPDevice:
    """The one that is being set up; its secret stays the same until a code confirms it."""
    device, _created = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "authenticator"}
    )
    return device


@transaction.atomic
def confirm(device: TOTPDevice) -> list[str]:
    """Makes the device the user's only one; gives fresh recovery codes, which are shown once."""
    TOTPDevice.objects.filter(user=device.user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return new_recovery_codes(device.user)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = ["".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    for code in codes:
        device.token_set.create(token=code)
    return codes


def recovery_codes_left(user: User) -> int:
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


@transaction.atomic
def verify(user: User, code: str):
    """The device whose code this is, or None. A code works once; wrong ones make the device slower."""
    code = code.replace(" ", "").replace("-", "").lower()
    model = TOTPDevice if code.isdecimal() else StaticDevice
    device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
    return device if device and device.verify_token(code) else None


@transaction.atomic
def forget(user: User) -> int:
    """Takes authenticator and recovery codes away; gives how many devices there were."""
    found = 0
    for model in (TOTPDevice, StaticDevice):
        found += model.objects.filter(user=user).count()
        model.objects.filter(user=user).delete()
    return found
