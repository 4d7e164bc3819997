"""Addresses that are not answered by walking the page tree."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from wagtail.views import serve as serve_by_tree

from home.models import HomePage
from home.publication import is_public, public_pages
from news import counts
from news.contexts import counted_regions
from news.listing import (
    LAST_NUMBERED_PAGE,
    PER_PAGE,
    Pagination,
    StoryFilter,
    number,
    on_topics,
    paginate,
    public_stories,
    with_regions,
)
from news.models import Correction, NewsroomPage, RegionPage, StoryPage, Topic
from news.parts import load_parts
from news.takedown import is_taken_down


@require_safe
def story(request: HttpRequest, slug: str) -> HttpResponse:
    """A story by its slug, in two queries instead of the fourteen of the walk. Anything unusual takes the walk."""
    wanted = StoryPage.objects.live().filter(slug=slug, url_path__endswith=f"/news/{slug}/").order_by()
    found = wanted.select_related("source", "note_author", "lead_image", "link_check")[:1]
    page = next(iter(found), None)
    if page is None and is_taken_down(request.path):
        return render(request, "410.html", status=410)
    if page is None or not is_public(page):
        return serve_by_tree(request, f"news/{slug}/")
    load_parts(page)
    with_regions([page])
    return page.serve(request)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return straight(request, HomePage.objects.filter(depth=2), "")


@require_safe
def newsroom(request: HttpRequest) -> HttpResponse:
    return straight(request, NewsroomPage.objects.filter(depth=3, url_path__endswith="/news/"), "news/")


@require_safe
def region(request: HttpRequest, path: str) -> HttpResponse:
    below = f"regions/{path}/"
    regions = RegionPage.objects.filter(url_path__endswith=f"/{below}", depth=4 + path.count("/"))
    return straight(request, regions.select_related("social_image"), below)


def straight(request: HttpRequest, pages: QuerySet, path: str) -> HttpResponse:
    """Serves the one public page found without walking the tree to it; anything unusual takes the walk."""
    page = pages.live().order_by().first()
    if page is None or not is_public(page):
        return serve_by_tree(request, path)
    return page.serve(request)


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Everything that was put right after publication, latest first."""
    rows = Correction.objects.filter(page__in=public_pages(StoryPage).order_by().values("pk"))
    asked = number(request.GET.get("page") or "1", 1, LAST_NUMBERED_PAGE)
    start = (asked - 1) * PER_PAGE
    found = list(rows.select_related("page").order_by("-dated_on", "-pk")[start : start + PER_PAGE + 1])
    if not found and asked > 1:
        raise Http404("Past the end")
    older = f"?page={asked + 1}" if len(found) > PER_PAGE and asked < LAST_NUMBERED_PAGE else ""
    return render(
        request,
        "news/corrections.html",
        {"corrections": found[:PER_PAGE], "pagination": Pagination(number=asked, older_url=older)},
    )


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """Every feed in one place: the site's, each region's and topic's that has stories, corrections."""
    counted = counts.topic_counts()
    topics = [topic for topic in Topic.objects.all() if topic.pk in counted]
    return render(request, "news/feeds.html", {"regions": counted_regions(), "topics": topics})


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Topic, slug=slug)
    asked = StoryFilter.from_query(request.GET)
    if asked.narrows:
        raise Http404("A topic's list is not narrowed further: the newsroom's is")
    stories, pagination = paginate(asked, asked.apply(public_stories().filter(on_topics([slug]))))
    return render(
        request,
        "news/topic.html",
        {"topic": found, "stories": stories, "pagination": pagination, "total": pagination.total},
    )
