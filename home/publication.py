"""What readers may see. Every list shown to them starts from public_pages()."""

from django.db.models import QuerySet
from wagtail.models import Page, PageViewRestriction

from home.kept import kept


def public_pages(model: type[Page] = Page) -> QuerySet:
    """Pages of `model` that are live and under no view restriction: live, public, nothing else."""
    pages = model.objects.live()
    for path in restricted_paths():
        pages = pages.exclude(path__startswith=path)
    return pages


def is_public(page: Page) -> bool:
    """Would public_pages() hold this page?"""
    return page.live and not page.path.startswith(restricted_paths())


def restricted_paths() -> tuple[str, ...]:
    """The tree paths below which readers see nothing. Kept until a restriction or a path changes (home/pagecache/signals.py)."""
    return kept("restricted paths", _read)


def _read() -> tuple[str, ...]:
    return tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
