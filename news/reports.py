"""What stories raised, for those who write them: counts for all, amounts for those who may see money."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from donate import raised
from donate.raised import Raised, blurred
from news.desks import visible_to
from news.models import NewsroomPage, StoryPage

PER_PAGE = 50
ORDERS = ("gifts", "monthly", "visits", "date", "title")


@dataclass
class Line:
    """A story and what it raised, as this reader may see it."""

    story: StoryPage
    gifts: str
    monthly: str
    visits: int
    amounts: str


def may_see(user) -> bool:
    newsroom = NewsroomPage.objects.first()
    writes = newsroom is not None and newsroom.permissions_for_user(user).can_add_subpage()
    return writes or user.has_perm(raised.MAY_SEE_MONEY)


@require_GET
def what_stories_raised(request: HttpRequest) -> HttpResponse:
    if not may_see(request.user):
        raise PermissionDenied
    exact = request.user.has_perm(raised.MAY_SEE_MONEY)
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "gifts"
    found = raised.by_page(amounts=exact)
    stories = StoryPage.objects if exact else visible_to(request.user, StoryPage.objects.all())
    brief = stories.filter(pk__in=found).values_list("pk", "dated_on", "title")
    keys = sorted(brief, key=lambda row: sort_key(order, found[row[0]], row, exact), reverse=order != "title")
    page = Paginator(keys, PER_PAGE).get_page(request.GET.get("p"))
    shown = StoryPage.objects.defer("body", "excerpt", "note").in_bulk([row[0] for row in page])
    context = {
        "page": page,
        "lines": [line(shown[row[0]], found[row[0]], exact) for row in page],
        "order": order,
        "exact": exact,
        "header_title": _("What stories raised"),
        "header_icon": "pick",
    }
    return render(request, "news/admin/raised_report.html", context)


def sort_key(order: str, row: Raised, brief: tuple, exact: bool) -> tuple:
    pk, dated_on, title = brief
    if order in ("gifts", "monthly"):
        return raised.rank(getattr(row, order), exact), dated_on, pk
    if order == "visits":
        return row.visits, dated_on, pk
    return (title.casefold(), dated_on, pk) if order == "title" else (dated_on, pk)


def line(story: StoryPage, row: Raised, exact: bool) -> Line:
    return Line(
        story,
        blurred(row.gifts, exact),
        blurred(row.monthly, exact),
        row.visits,
        row.amounts if exact else "",
    )
