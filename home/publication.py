"""What readers may see. Every list shown to them starts from public_pages()."""

from contextvars import ContextVar

from django.core.signals import request_finished, request_started
from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import post_page_move

# None: outside a request, nothing is kept. Inside one: a list that is empty, or holds the answer, read once.
_kept: ContextVar[list[tuple[str, ...]] | None] = ContextVar("restricted_paths", default=None)


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
    """The tree paths below which readers see nothing. Inside a request the database is asked once."""
    kept = _kept.get()
    if kept:
        return kept[0]
    paths = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
    if kept is not None:
        kept.append(paths)
    return paths


def connect() -> None:
    """Keeping begins and ends with the request; what changes the answer asks again."""
    request_started.connect(start_keeping)
    request_finished.connect(stop_keeping)
    post_page_move.connect(ask_again)
    for signal in (post_save, post_delete):
        signal.connect(ask_again, sender=PageViewRestriction)


def start_keeping(**kwargs) -> None:
    _kept.set([])


def stop_keeping(**kwargs) -> None:
    _kept.set(None)


def ask_again(**kwargs) -> None:
    """A restriction or a path has just changed, perhaps inside a request."""
    kept = _kept.get()
    if kept is not None:
        kept.clear()
