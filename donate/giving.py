"""What a donor may do with a recurring gift. Stripe is told first, then asked: our row shows what Stripe says."""

from dataclasses import dataclass

from django.conf import settings

from donate import converge, gateway, money, standing_gateway, statements
from donate.models import Donor, Gift, RecurringGift
from donate.receipt_paper import counted
from donate.totals import with_totals

STANDING = (
    RecurringGift.Status.ACTIVE,
    RecurringGift.Status.PAST_DUE,
    RecurringGift.Status.PAUSED,
    RecurringGift.Status.ENDING,
)


@dataclass(frozen=True)
class Year:
    """One year of a donor's gifts, newest first; `totals` has one text for each currency."""

    year: int
    gifts: list[Gift]
    totals: list[str]


def years(donor: Donor) -> list[Year]:
    found: dict[int, list[Gift]] = {}
    gifts = donor.gifts.filter(livemode=donor.livemode).select_related("campaign", "receipt")
    for gift in with_totals(gifts).order_by("-created_at", "-pk"):
        gift.counted_minor = counted(gift)
        found.setdefault(statements.year_of(gift.received_at or gift.created_at), []).append(gift)
    return [Year(year, gifts, totals(gifts)) for year, gifts in found.items()]


def totals(gifts: list[Gift]) -> list[str]:
    sums: dict[str, int] = {}
    for gift in gifts:
        if gift.received_at:
            sums[gift.currency] = sums.get(gift.currency, 0) + gift.counted_minor
    return [money.display(total, currency) for currency, total in sums.items()]


def standing(donor: Donor) -> list[RecurringGift]:
    """Recurring gifts that go on, or may go on."""
    found = donor.recurring_gifts.filter(livemode=donor.livemode, status__in=STANDING)
    return list(found.select_related("campaign"))


# Changes: each may raise a gateway error, and then nothing of ours has changed -------------------------------


def change_amount(recurring: RecurringGift, amount_minor: int) -> None:
    with gateway.within(gateway.DONOR_SECONDS):
        standing_gateway.change_amount(
            gateway.get_subscription(recurring.stripe_subscription_id), amount_minor
        )
        see(recurring)


def pause(recurring: RecurringGift) -> None:
    with gateway.within(gateway.DONOR_SECONDS):
        standing_gateway.pause(recurring.stripe_subscription_id)
        see(recurring)


def resume(recurring: RecurringGift) -> None:
    with gateway.within(gateway.DONOR_SECONDS):
        standing_gateway.resume(recurring.stripe_subscription_id)
        see(recurring)


def stop(recurring: RecurringGift) -> None:
    with gateway.within(gateway.DONOR_SECONDS):
        standing_gateway.stop(recurring.stripe_subscription_id)
        see(recurring)


def see(recurring: RecurringGift) -> None:
    converge.converge("subscription", recurring.stripe_subscription_id)
    recurring.refresh_from_db()


def card_page(recurring: RecurringGift) -> str:
    """Where the donor gives a new card; where the bank waits for a confirmation, the page for that."""
    with gateway.within(gateway.DONOR_SECONDS):
        return standing_gateway.card_page(
            recurring.stripe_customer_id, f"{settings.SITE_URL}/giving/?said=card"
        )


def confirm_page(recurring: RecurringGift) -> str | None:
    """Stripe's page of the open instalment, if there is one."""
    with gateway.within(gateway.DONOR_SECONDS):
        found = gateway.get_subscription(recurring.stripe_subscription_id)
        return standing_gateway.invoice_page(found.latest_invoice_id) if found.latest_invoice_id else None
