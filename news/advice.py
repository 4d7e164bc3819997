"""What an editor may want to know about a story. Warnings only: nothing here stops anybody."""

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail.models import Page

from news.models import NewsroomPage, RegionPage, StoryPage

DEFAULT_SHARE = 75  # per cent of a story's words


def advice(story) -> dict[str, str]:
    """Plain sentences about a story as it stands, saved or not, each under its name in CHECKS."""
    found = {name: check(story) for name, check in CHECKS.items()}
    return {name: sentence for name, sentence in found.items() if sentence}


def missing(story) -> list[str]:
    """What a story must have before readers see it, and has not (news/forms.py says the same beside each field)."""
    found = advice(story)
    return [found[name] for name in ("no-region", "no-address", "no-alt-text") if name in found]


def twins(url: str, story=None) -> list:
    """Other stories with the same full-story address."""
    if not url:
        return []
    return list(StoryPage.objects.filter(full_story_url=url).exclude(pk=getattr(story, "pk", None))[:5])


def _no_region(story) -> str:
    return "" if story.region_id else _("No region: the story will be found under none.")


def _no_address(story) -> str:
    if story.excerpt and not story.full_story_url:
        return _("An excerpt without the address of the full story.")
    return ""


def _no_alt(story) -> str:
    if story.lead_image_id and not story.lead_image_alt and not story.lead_image_is_decorative:
        return _("The picture has no description for people who cannot see it.")
    return ""


def excerpt_share(story) -> int:
    """How much of a story's words are the source's, in per cent."""
    quoted = sum(_words(block.value) for block in story.excerpt if block.block_type == "paragraph")
    own = _words(story.note) + sum(
        _words(block.value) for block in story.body if block.block_type in ("paragraph", "heading")
    )
    return round(100 * quoted / (quoted + own)) if quoted else 0


def _long_excerpt(story) -> str:
    share, most = excerpt_share(story), _most_share()
    if share <= most:
        return ""
    return _("The excerpt is %(share)s %% of the story's words; at most %(most)s %% is your rule.") % {
        "share": share,
        "most": most,
    }


def _most_share() -> int:
    newsroom = NewsroomPage.objects.only("excerpt_share").first()
    return newsroom.excerpt_share if newsroom else DEFAULT_SHARE


def _place_elsewhere(story) -> str:
    """The place names a region of ours that the primary region neither holds nor lies in."""
    if not story.place or not story.region_id:
        return ""
    filed = {story.region.path, *(row.region.path for row in story.story_regions.all())}
    named = [region for region in RegionPage.objects.live() if _names(story.place, region)]
    if not named or any(_related(region.path, path) for region in named for path in filed):
        return ""
    return _("“%(place)s” lies in %(region)s, outside the primary region: add it as a further region.") % {
        "place": story.place,
        "region": named[0].title,
    }


def _names(place: str, region: Page) -> bool:
    parts = {part.strip().casefold() for part in place.split(",")}
    names = {
        region.title.casefold(),
        *(name.strip().casefold() for name in region.also_known_as.splitlines()),
    }
    return bool(parts & (names - {""}))


def _related(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _words(value) -> int:
    return len(strip_tags(str(value or "")).split())


CHECKS = {
    "no-region": _no_region,
    "no-address": _no_address,
    "long-excerpt": _long_excerpt,
    "no-alt-text": _no_alt,
    "place-elsewhere": _place_elsewhere,
}
