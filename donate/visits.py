"""How often the form was opened, from which story. Counts alone: no person, no address, no cookie.

A reader's GET writes nothing to the database: each visit is a note in the cache, and the clock adds the notes up.
"""

import logging
from collections import Counter
from datetime import date

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.models import Page

from donate.attribution import Attribution
from donate.models import CampaignPage, FormVisit

log = logging.getLogger(__name__)

LAST, DONE = "visits-last", "visits-done"
KEPT = 7 * 24 * 3600  # seconds that a note waits for a clock which has stopped
AT_ONCE = 1000

Key = tuple[str, int, int, str, str]  # day, campaign, page or 0, placement, label


def note(campaign: CampaignPage, source: Attribution) -> None:
    """One visit to the campaign's form. A count is not worth a failed page: without the cache it is not taken."""
    try:
        _note(campaign, source)
    except Exception as error:  # noqa: BLE001 - whatever the cache raises when it is gone or full
        log.warning("A visit was not counted: %s", type(error).__name__)


def _note(campaign: CampaignPage, source: Attribution) -> None:
    cache.add(LAST, 0, None)
    number = cache.incr(LAST)
    key: Key = (
        timezone.localdate(timezone=timezone.get_default_timezone()).isoformat(),
        campaign.pk,
        source.page_id,
        source.placement,
        source.label,
    )
    cache.set(f"visit-{number}", key, KEPT)


def add_up() -> int:
    """The clock's part: notes become rows. Gives how many there were."""
    last, done = cache.get(LAST, 0), cache.get(DONE, 0)
    if done > last:
        done = 0  # the cache was emptied and counts anew
    counted = 0
    while done < last:
        names = [f"visit-{number}" for number in range(done + 1, min(done + AT_ONCE, last) + 1)]
        found = Counter(cache.get_many(names).values())
        write(found)
        done += len(names)
        counted += found.total()
        cache.set(DONE, done, None)
        cache.delete_many(names)
    return counted


@transaction.atomic
def write(found: "Counter[Key]") -> None:
    pages = set(Page.objects.filter(pk__in={key[2] for key in found}).values_list("pk", flat=True))
    campaigns = set(
        CampaignPage.objects.filter(pk__in={key[1] for key in found}).values_list("pk", flat=True)
    )
    for (day, campaign_id, page_id, placement, label), count in found.items():
        if campaign_id not in campaigns:
            continue
        row, _new = FormVisit.objects.get_or_create(
            day=date.fromisoformat(day),
            campaign_id=campaign_id,
            source_page_id=page_id if page_id in pages else None,
            placement=placement,
            label=label,
        )
        FormVisit.objects.filter(pk=row.pk).update(count=F("count") + count)
