"""One donor's data as plain values: what a person has a right to see, and nothing of anybody else's."""

from django.db.models import Q, QuerySet

from donate import donors
from donate.models import Checkout, Gift, Message, RecurringGift, SignIn
from donate.totals import with_totals

CHECKOUT = ("public_id", "created_at", "state", "frequency", "currency", "amount_minor", "fee_cover_minor", "designation",
            "name", "email", "dedication", "honoree", "notify", "comment", "show_name", "news_wording", "source_title",
            "source_url", "stripe_checkout_session_id", "stripe_customer_id")  # fmt: skip
GIFT = ("public_id", "created_at", "received_at", "failed_at", "frequency", "currency", "amount_minor", "fee_cover_minor",
        "refunded_minor", "disputed_minor", "state", "designation", "method", "paid_with", "reference", "source_title",
        "source_url", "stripe_payment_intent_id", "stripe_charge_id", "stripe_invoice_id")  # fmt: skip
RECURRING = ("public_id", "started_at", "ended_at", "status", "frequency", "currency", "amount_minor", "next_gift_at",
             "paid_with", "designation", "stripe_subscription_id", "stripe_customer_id")  # fmt: skip
DONOR = ("name", "email", "news_agreed_at", "news_wording", "created_at")


def of(email: str, livemode: bool) -> dict:
    """Lists of flat dicts; times are aware, amounts in minor units."""
    people = donors.known(email, livemode)
    mine = Q(gifts__donor__in=people) | Q(recurring_gifts__donor__in=people) | Q(email__iexact=email.strip())
    checkouts = Checkout.objects.filter(mine, livemode=livemode).distinct()
    gifts = with_totals(Gift.objects.filter(donor__in=people))
    recurring = RecurringGift.objects.filter(donor__in=people)
    messages = Message.objects.filter(Q(gift__donor__in=people) | Q(recurring_gift__donor__in=people))
    return {
        "donor": rows(people, DONOR),
        "checkouts": rows(checkouts, CHECKOUT),
        "gifts": rows(gifts, GIFT, campaign="campaign__title", receipt="receipt__number"),
        "recurring_gifts": rows(recurring, RECURRING, campaign="campaign__title"),
        "comments": rows(
            gifts.filter(comment__isnull=False), (), words="comment__words", name="comment__first_name"
        ),
        "mails": rows(messages, ("kind", "created_at", "sent_at")),
        "sign_in_links": rows(SignIn.objects.filter(email=email.strip().lower()), ("asked_at", "used_at")),
    }


def rows(found: QuerySet, fields: tuple[str, ...], **named: str) -> list[dict]:
    """`named` gives the output's name for a path through other tables."""
    back = {path: name for name, path in named.items()}
    values = found.values(*fields, *named.values())
    return [{back.get(name, name): value for name, value in row.items()} for row in values]
