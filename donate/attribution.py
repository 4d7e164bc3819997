"""The signed token that carries a story, a region and a place on the page through the Give link. No cookie.

What was forged, is too old or makes no sense is ignored: the gift works all the same.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core import signing
from django.utils import timezone
from wagtail.models import Page

from donate.models.choices import Placement

SALT = "donate.attribution"
LONGEST = 300  # characters
KEPT_DAYS = 90  # a link copied into a mail works this long; labelled links, printed on paper, for ever


@dataclass(frozen=True)
class Attribution:
    """Ids of pages (0: none), the placement and the label of a labelled link."""

    page_id: int = 0
    region_id: int = 0
    placement: str = ""
    label: str = ""

    def __bool__(self) -> bool:
        return bool(self.page_id or self.placement or self.label)


NONE = Attribution()


def make_token(attribution: Attribution, today: date | None = None) -> str:
    """The same all day long, so that a page that holds it can be cached."""
    day = 0 if attribution.label else (today or timezone.localdate()).toordinal()
    parts = (
        attribution.page_id,
        attribution.region_id,
        attribution.placement or "-",
        day,
        attribution.label or "-",
    )
    return signing.Signer(salt=SALT).sign("~".join(map(str, parts)))


def read_token(token: str | None) -> Attribution:
    """What the token carries, or NONE."""
    if not token or len(token) > LONGEST:
        return NONE
    try:
        page_id, region_id, placement, day, label = signing.Signer(salt=SALT).unsign(token).split("~")
        age = timezone.localdate().toordinal() - int(day)
        found = Attribution(
            int(page_id),
            int(region_id),
            "" if placement == "-" else placement,
            "" if label == "-" else label,
        )
    except (signing.BadSignature, ValueError):
        return NONE
    if not found.label and not -1 <= age <= KEPT_DAYS:
        return NONE
    return found if found.placement in ("", *Placement.values) else NONE


def attribution_of(page: Page | None, placement: str) -> Attribution:
    """What a Give link on this page says: the story, if it is one, and the region under which its gifts count.

    A story is a page of a region. A region's own page, the home page and a campaign's are places, told by `placement`.
    """
    region = getattr(page, "giving_region", None)
    region_id = (region.pk or 0) if region else 0
    is_story = bool(page and page.pk and region_id and region_id != page.pk)
    return Attribution(page.pk if is_story else 0, region_id, placement)


def as_fields(attribution: Attribution) -> dict:
    """The fields of donate.models.attribution.Attributed: links, and the texts that outlive them."""
    ids = {attribution.page_id, attribution.region_id} - {0}
    pages = Page.objects.in_bulk(ids) if ids else {}
    page, region = pages.get(attribution.page_id), pages.get(attribution.region_id)
    return {
        "source_page": page,
        "source_title": page.title if page else "",
        "source_url": address_of(page),
        "source_region": region,
        "source_region_title": region.title if region else "",
        "placement": attribution.placement,
        "label": attribution.label,
    }


def address_of(page: Page | None) -> str:
    """The page's address on SITE_URL, or nothing."""
    parts = page.get_url_parts() if page else None
    return (settings.SITE_URL + parts[2])[:600] if parts else ""
