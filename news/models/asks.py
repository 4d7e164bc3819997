"""Which campaign a page asks for, and why that one."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.models import Page

from donate.campaigns import default_campaign, open_campaigns
from donate.models import CampaignPage, GivingSettings


@dataclass(frozen=True)
class Ask:
    """A campaign and where it comes from: `story`, `region` or `default`."""

    campaign: CampaignPage
    origin: str
    region_path: str = ""

    @cached_property
    def region(self) -> Page | None:
        """The region whose campaign it is."""
        return Page.objects.filter(path=self.region_path).first() if self.region_path else None


def ask_of_story(story) -> Ask | None:
    """The story's first campaign that is open and within its dates; else its region's, else the default."""
    today = timezone.localdate()
    rows = [row for row in story.story_campaigns.all() if _runs(row, today)]
    return _first_open([row.campaign_id for row in rows], story.region)


def ask_of_region(region) -> Ask | None:
    """The region's own campaign, else that of the nearest region above, else the default."""
    return _first_open([], region)


def _first_open(own: list[int], region) -> Ask | None:
    """One query: the open ones among the story's, the regions' (with the depth of the nearest) and the default."""
    found = list(
        open_campaigns()
        .annotate(
            region_depth=_nearest(region),
            is_default=Exists(GivingSettings.objects.filter(default_campaign=OuterRef("pk"))),
        )
        .filter(Q(pk__in=own) | Q(region_depth__isnull=False) | Q(is_default=True))
    )
    by_key = {campaign.pk: campaign for campaign in found}
    for key in own:
        if key in by_key:
            return Ask(by_key[key], "story")
    inherited = [campaign for campaign in found if campaign.region_depth]
    if inherited:
        campaign = max(inherited, key=lambda campaign: campaign.region_depth)
        return Ask(campaign, "region", region.path[: campaign.region_depth * Page.steplen])
    default = next((campaign for campaign in found if campaign.is_default), None) or default_campaign()
    return Ask(default, "default") if default else None


def _nearest(region) -> Subquery | Value:
    """Of the region and those it lies in: the depth of the lowest that names the campaign, or null."""
    if region is None:
        return Value(None, IntegerField())
    lineage = [region.path[:end] for end in range(Page.steplen, len(region.path) + 1, Page.steplen)]
    naming = type(region).objects.live().filter(campaign=OuterRef("pk"), path__in=lineage)
    return Subquery(naming.order_by("-depth").values("depth")[:1])


def _runs(row, today: date) -> bool:
    return not (row.starts_on and row.starts_on > today) and not (row.ends_on and row.ends_on < today)
