"""Links in mails that lead to changing the card of one recurring gift, and to nothing else. They last three weeks."""

from django.conf import settings
from django.core import signing

from donate.models import RecurringGift

SALT = "donate.card"
SECONDS = 21 * 86400


def link(recurring: RecurringGift) -> str:
    token = signing.dumps(recurring.public_id.hex, salt=SALT)
    return f"{settings.SITE_URL}/giving/card/{token}/"


def read(token: str) -> RecurringGift | None:
    """The recurring gift of a link; None for a forged or old one, or one of an erased donor."""
    try:
        public_id = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return RecurringGift.objects.filter(public_id=public_id, donor__erased_at=None).first()
