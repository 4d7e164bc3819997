"""What a reader may be typing: names first, then the newest stories. The last word may be its beginning only."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from donate.models import CampaignPage
from home.kept import kept
from home.publication import public_pages
from news.models import RegionPage, Source, StoryPage, Topic
from news.search import facets
from news.search.asked import SearchRequest
from news.search.names import spelled
from news.search.query import clean_query

NEWEST = 2000  # stories whose titles are offered
SHOWN = 8


@dataclass(frozen=True)
class Suggestion:
    text: str
    url: str
    kind: str
    # Folded words of each spelling.
    spellings: tuple[tuple[str, ...], ...]

    def begins_with(self, typed: list[str]) -> bool:
        """Is every typed word one of its words, the last one perhaps unfinished?"""
        *whole, last = typed
        return any(
            all(word in own for word in whole) and any(word.startswith(last) for word in own)
            for own in self.spellings
        )


def suggest(text: str) -> list[dict]:
    typed = spelled(clean_query(text))
    if not typed:
        return []
    found = [one for one in kept("names to suggest", _names) if one.begins_with(typed)]
    # What begins with the first typed word comes before what has it further on.
    found.sort(key=lambda one: not any(own and own[0].startswith(typed[0]) for own in one.spellings))
    for one in kept("titles to suggest", _titles):
        if len(found) >= SHOWN:
            break
        if one.begins_with(typed):
            found.append(one)
    return [{"text": one.text, "url": one.url, "kind": one.kind} for one in found[:SHOWN]]


def _names() -> list[Suggestion]:
    from_regions = dict(_also_known())
    found = [
        _make(place.title, f"/regions/{place.value}/", _("region"), from_regions.get(place.pk, ""))
        for place in facets.places().values()
    ]
    for name, slug, others in Topic.objects.values_list("name", "slug", "also_known_as"):
        found.append(_make(name, f"/topics/{slug}/", _("topic"), others))
    for name, slug, others in Source.objects.values_list("name", "slug", "also_known_as"):
        found.append(_make(name, SearchRequest(sources=(slug,)).url(), _("source"), others))
    for title, slug in public_pages(CampaignPage).values_list("title", "slug"):
        found.append(_make(title, f"/give/{slug}/", _("campaign")))
    return found


def _also_known():
    return public_pages(RegionPage).values_list("pk", "also_known_as")


def _titles() -> list[Suggestion]:
    newest = public_pages(StoryPage).order_by("-dated_on", "-pk").values_list("title", "slug")[:NEWEST]
    return [_make(title, f"/news/{slug}/", _("story")) for title, slug in newest]


def _make(text: str, url: str, kind: str, others: str = "") -> Suggestion:
    spellings = [text, *others.splitlines()]
    return Suggestion(text, url, kind, tuple(tuple(spelled(name)) for name in spellings))
