"""The pages right below the home page: the menu, and the newsroom, regions and give pages wherever they moved."""

from dataclasses import dataclass

from wagtail.models import Page

from home.kept import kept
from home.models import HomePage
from home.publication import public_pages


@dataclass(frozen=True)
class Section:
    """One page below the home page, as plain facts: no query when it is shown."""

    model: str  # "news.newsroompage"
    title: str
    url: str
    in_menu: bool


def sections() -> list[Section]:
    """All public pages right below the home page, in the editors' order."""
    return kept("sections", _read)


def _read() -> list[Section]:
    home = HomePage.objects.live().order_by("path").only("path", "depth").first()
    if home is None:
        return []
    pages = public_pages(Page).child_of(home).select_related("content_type").order_by("path")
    shown = pages.only("title", "url_path", "show_in_menus", "content_type__app_label", "content_type__model")
    addressed = [(page, page.get_url_parts()) for page in shown]
    return [
        Section(
            f"{page.content_type.app_label}.{page.content_type.model}",
            page.title,
            parts[2],
            page.show_in_menus,
        )
        for page, parts in addressed
        if parts
    ]
