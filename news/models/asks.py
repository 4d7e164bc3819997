"""Which campaign a page asks for, and why that one."""

from copy import copy
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.models import Page

from donate.campaigns import default_campaign, open_now
from donate.models import CampaignPage


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
    """The first open one among the story's, the nearest region's and the default; from memory (home/kept.py)."""
    campaigns = open_now()
    for key in own:
        if key in campaigns:
            return Ask(copy(campaigns[key]), "story")
    named = region.campaigns_named() if region else {}
    for path in lineage(region.path) if region else ():
        if named.get(path) in campaigns:
            return Ask(copy(campaigns[named[path]]), "region", path)
    default = default_campaign()
    return Ask(default, "default") if default else None


def lineage(path: str) -> list[str]:
    """The tree paths of a page and of those it lies in, itself first."""
    return [path[:end] for end in range(len(path), 0, -Page.steplen)]


def _runs(row, today: date) -> bool:
    return not (row.starts_on and row.starts_on > today) and not (row.ends_on and row.ends_on < today)
