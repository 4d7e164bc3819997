"""Forgetting people: personal fields go, the books keep their sums; what Stripe holds goes first."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from donate import account, donors, ledger, standing_gateway
from donate.models import Checkout, Donor, Gift, GiftComment, RecurringGift, SignIn

log = logging.getLogger(__name__)

UNPAID_KEPT = timedelta(days=30)
PERSONAL = {
    "name": "",
    "email": "",
    "honoree": "",
    "notify": "",
    "comment": "",
    "show_name": False,
    "news_wording": "",
}


def erase_unpaid() -> int:
    """The clock's part: what was typed into checkouts that never became a gift is kept for 30 days."""
    old = Checkout.objects.filter(created_at__lt=timezone.now() - UNPAID_KEPT, erased_at=None)
    gifts = Gift.objects.filter(checkout=OuterRef("pk"))
    recurring = RecurringGift.objects.filter(checkout=OuterRef("pk"))
    unpaid = old.filter(~Exists(gifts), ~Exists(recurring))
    pks = list(unpaid.values_list("pk", flat=True)[:5000])
    return forget_checkouts(Checkout.objects.filter(pk__in=pks))


def forget_checkouts(checkouts) -> int:
    return checkouts.update(erased_at=timezone.now(), **PERSONAL)


def erase(email: str) -> int:
    """Everything about the donors with this address, at Stripe and here. Gives how many donors there were.

    A gateway error leaves all of ours as it was, so that it can be tried again.
    """
    email = email.strip().lower()
    for customer in customers_of(email):
        standing_gateway.delete_customer(customer)
    found = list(donors.known(email, account.is_live()))
    with transaction.atomic():
        for donor in found:
            erase_donor(donor)
        strays = Checkout.objects.filter(email__iexact=email, livemode=account.is_live(), erased_at=None)
        forget_checkouts(strays)
        Checkout.objects.filter(notify__iexact=email).update(notify="")
        SignIn.objects.filter(email=email).delete()
    return len(found)


def customers_of(email: str) -> set[str]:
    """Stripe's customers of this address: those that we know, and those that Stripe finds."""
    donors_here = donors.known(email, account.is_live())
    known = set(
        RecurringGift.objects.filter(donor__in=donors_here).values_list("stripe_customer_id", flat=True)
    )
    known |= set(
        Checkout.objects.filter(gifts__donor__in=donors_here).values_list("stripe_customer_id", flat=True)
    )
    if account.takes_gifts():
        known |= {id for id in standing_gateway.customers_with(email) if is_ours(id)}
    return {id for id in known if id}


def is_ours(customer_id: str) -> bool:
    """Has subscriptions, and we know them all; others belong to something else on the same Stripe account too."""
    subscriptions = standing_gateway.subscriptions_of(customer_id)
    known = RecurringGift.objects.filter(stripe_subscription_id__in=subscriptions).count()
    if known and known == len(subscriptions):
        return True
    log.warning("A customer of another product was left alone", extra={"customer": customer_id})
    return False


def erase_donor(donor: Donor) -> None:
    """The row stays, without a person: gifts point to it, and later events find it erased."""
    own = Checkout.objects.filter(gifts__donor=donor) | Checkout.objects.filter(recurring_gifts__donor=donor)
    forget_checkouts(Checkout.objects.filter(pk__in=list(own.values_list("pk", flat=True))))
    GiftComment.objects.filter(gift__donor=donor).delete()
    ledger.forget_cards(donor)
    Donor.objects.filter(pk=donor.pk).update(
        email=None, name="", news_agreed_at=None, news_wording="", erased_at=timezone.now()
    )
