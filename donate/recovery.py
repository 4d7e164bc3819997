"""A checkout made again from what we had written into Stripe's session: after a restore, nothing of the money is lost."""

import uuid
from datetime import timedelta

from django.utils import timezone

from donate.attribution import Attribution, as_fields
from donate.facts import SessionFacts
from donate.models import CampaignPage, Checkout
from donate.models.choices import Frequency, Placement


def metadata_of(checkout: Checkout) -> dict[str, str]:
    """What goes with every session, payment and subscription: enough to find the checkout, or to make it again."""
    fields = {
        "checkout": checkout.public_id,
        "campaign": checkout.campaign_id,
        "frequency": checkout.frequency,
        "amount_minor": checkout.amount_minor,
        "fee_cover_minor": checkout.fee_cover_minor,
        "designation": checkout.designation,
        "story": checkout.source_page_id or "",
        "region": checkout.source_region_id or "",
        "placement": checkout.placement,
        "label": checkout.label,
    }
    return {name: str(value) for name, value in fields.items() if value not in ("", 0)}


def checkout_from(session: SessionFacts) -> Checkout | None:
    """None where the metadata is not ours, or names a campaign that we do not have."""
    told = session.metadata
    try:
        public_id = uuid.UUID(told.get("checkout", ""))
        campaign = CampaignPage.objects.get(pk=int(told.get("campaign", "")))
        amount = int(told.get("amount_minor", ""))
        fee = int(told.get("fee_cover_minor", "0"))
        story, region = int(told.get("story", "0")), int(told.get("region", "0"))
    except (ValueError, CampaignPage.DoesNotExist):
        return None
    frequency, placement = told.get("frequency", ""), told.get("placement", "")
    if frequency not in Frequency.values or amount <= 0 or placement not in ("", *Placement.values):
        return None
    checkout, _ = Checkout.objects.get_or_create(
        public_id=public_id,
        defaults={
            "livemode": session.livemode,
            "campaign": campaign,
            "frequency": frequency,
            "currency": session.currency,
            "amount_minor": amount,
            "fee_cover_minor": fee,
            "designation": told.get("designation", "")[:120],
            "email": session.email.lower(),
            "name": session.name[:200],
            "attempt": public_id.hex,
            "content_digest": "",
            "idempotency_key": f"recovered-{public_id.hex}",
            "expires_at": (session.created_at or timezone.now()) + timedelta(hours=24),
            **as_fields(Attribution(story, region, placement, told.get("label", "")[:60])),
        },
    )
    return checkout
