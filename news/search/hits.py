"""What is shown of each result."""

from dataclasses import dataclass

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.search.utils import normalise_query_string

from donate.models import CampaignPage
from home.kept import kept
from home.publication import public_pages
from news import counts
from news.models import RegionPage, StoryPage
from news.search.engine import Match
from news.search.entry import plain, stream_text
from news.search.query import Query
from news.search.snippets import Wanted, highlighted, snippet, wanted_of

# Of a story, beside its texts.
SHOWN = (
    *("title", "url_path", "path", "live", "dated_on", "date_precision", "summary"),
    *("region_id", "source__name"),
)


@dataclass(frozen=True)
class Hit:
    url: str
    title_html: SafeString
    snippet_html: SafeString
    kind: str
    page_id: int | None = None  # none for what editors have pinned elsewhere
    story: StoryPage | None = None
    is_pinned: bool = False


def hits(request: HttpRequest, query: Query, matches: list[Match]) -> list[Hit]:
    """One for each match that readers may see, in the same order, in at most four queries."""
    wanted = wanted_of(query)
    dated = [match.page_id for match in matches if match.position > 0]
    undated = [match.page_id for match in matches if match.position <= 0]
    found = stories(request, wanted, dated)
    if undated:
        found |= regions(request, wanted, undated) | campaigns(request, wanted, undated)
    return [found[match.page_id] for match in matches if match.page_id in found]


def stories(request: HttpRequest, wanted: Wanted, keys: list[int]) -> dict[int, Hit]:
    rows = public_pages(StoryPage).filter(pk__in=keys).order_by().select_related("source").only(*SHOWN)
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("note", "excerpt", "body")}
    known = {region.pk: region for region in counts.regions()}
    found = {}
    for story in rows.annotate(**texts):
        story.region = known.get(story.region_id)  # readers know of no other
        parts = [plain(story.note_text), story.summary]
        parts += [f"{stream_text(story.excerpt_text)} {stream_text(story.body_text)}"]
        found[story.pk] = Hit(
            address(request, story),
            highlighted(story.title, wanted),
            snippet(parts, wanted),
            _("Story"),
            story.pk,
            story,
        )
    return found


def regions(request: HttpRequest, wanted: Wanted, keys: list[int]) -> dict[int, Hit]:
    rows = public_pages(RegionPage).filter(pk__in=keys)
    return {
        page.pk: Hit(
            address(request, page),
            highlighted(page.title, wanted),
            snippet([page.intro], wanted),
            _("Region"),
            page.pk,
        )
        for page in rows
    }


def campaigns(request: HttpRequest, wanted: Wanted, keys: list[int]) -> dict[int, Hit]:
    rows = public_pages(CampaignPage).filter(pk__in=keys)
    return {
        page.pk: Hit(
            address(request, page),
            highlighted(page.title, wanted),
            snippet([page.summary, plain(page.purpose)], wanted),
            _("Campaign"),
            page.pk,
        )
        for page in rows
    }


def pins(request: HttpRequest, query: Query) -> list[Hit]:
    """What editors have put first for these words (Wagtail's search promotions; only read here)."""
    wanted = wanted_of(query)
    return [
        Hit(
            address(request, pin.page) if pin.page else pin.external_link_url,
            highlighted(pin.title or pin.external_link_url, wanted),
            highlighted(pin.description, wanted),
            _("Picked by the editors"),
            pin.page_id,
            is_pinned=True,
        )
        for pin in pinned(query.text)
    ]


def pinned(q: str) -> list[SearchPromotion]:
    """In the editors' order; pages that readers may not see are left out."""
    q = normalise_query_string(q)
    if q not in kept("queries with pins", _queries_with_pins):
        return []
    found = SearchPromotion.objects.filter(query__query_string=q)
    found = list(found.select_related("page").order_by("sort_order"))
    keys = [pin.page_id for pin in found if pin.page_id]
    allowed = set(public_pages().filter(pk__in=keys).values_list("pk", flat=True)) if keys else ()
    return [pin for pin in found if pin.page_id in allowed or (not pin.page_id and pin.external_link_url)]


def _queries_with_pins() -> frozenset[str]:
    return frozenset(SearchPromotion.objects.values_list("query__query_string", flat=True))


def address(request: HttpRequest, page) -> str:
    """Without the host, so that it works on every host of ours."""
    parts = page.get_url_parts(request)
    return parts[2] if parts else ""
