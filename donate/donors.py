"""Who gave: one donor for an address, whatever its letter case, in each of live and test."""

from django.db import models
from django.utils import timezone

from donate.facts import SessionFacts
from donate.models import Checkout, Donor


def donor_of(checkout: Checkout, session: SessionFacts | None = None) -> Donor:
    """The donor behind a checkout. One who was erased does not come back: the gift stands under nobody's name."""
    if checkout.erased_at:
        return Donor.objects.create(livemode=checkout.livemode, erased_at=timezone.now())
    email = (checkout.email or (session.email if session else "")).strip().lower()
    name = checkout.name or (session.name if session else "")
    if not email:
        return Donor.objects.create(livemode=checkout.livemode, name=name[:200])
    donor, _ = Donor.objects.get_or_create(
        livemode=checkout.livemode, email=email, defaults={"name": name[:200]}
    )
    remember(donor, checkout, name)
    return donor


def remember(donor: Donor, checkout: Checkout, name: str) -> None:
    """Fills what was not known; consent to news is kept with its wording and the moment it was given."""
    changed = {}
    if name and not donor.name:
        changed["name"] = name[:200]
    if checkout.news_wording and not donor.news_agreed_at:
        changed |= {"news_agreed_at": checkout.created_at, "news_wording": checkout.news_wording}
    if changed:
        Donor.objects.filter(pk=donor.pk).update(**changed)


def known(email: str, livemode: bool) -> models.QuerySet[Donor]:
    return Donor.objects.filter(livemode=livemode, email=email.strip().lower())
