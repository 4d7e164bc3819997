"""The newsroom on the admin's first page: what waits, what is broken, what ends soon. Nothing to say: no panel."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.components import Component
from wagtail.models import Revision, WorkflowState

from donate import raised
from news.desks import visible_to
from news.models import LinkCheck, StoryCampaign, StoryPage

SHOWN = 8
NEWEST = 100  # stories that are asked what they moved
ENDS_SOON = timedelta(days=14)
# The clock publishes every half minute; later than this it has stopped.
OVERDUE = timedelta(minutes=5)


class NewsroomPanel(Component):
    """A heading and a list of lines with links."""

    template_name = "news/admin/dashboard_panel.html"
    heading = ""
    note = ""

    def __init__(self, user):
        self.user = user

    def lines(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"heading": self.heading, "note": self.note, "lines": self.lines(), "name": self.name}

    def stories(self):
        """Stories that this person may see, in brief."""
        return visible_to(self.user, StoryPage.objects.defer("body", "excerpt", "note"))


class ScheduledPanel(NewsroomPanel):
    name = "newsroom_scheduled"
    order = 110
    heading = gettext_lazy("Scheduled")

    @property
    def note(self):
        return _("Times are in %(zone)s.") % {"zone": timezone.get_current_timezone_name()}

    def lines(self):
        waiting = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
        moments = dict(waiting.values_list("object_id", "approved_go_live_at"))
        found = self.stories().filter(pk__in=[int(key) for key in moments])
        late = timezone.now() - OVERDUE
        lines = [
            {
                "title": story.title,
                "url": edit_url(story),
                "at": moments[str(story.pk)],
                "warning": _("Overdue: the clock has stopped") if moments[str(story.pk)] < late else "",
            }
            for story in found
        ]
        return sorted(lines, key=lambda line: line["at"])[:SHOWN]


class ReviewPanel(NewsroomPanel):
    name = "newsroom_review"
    order = 111
    heading = gettext_lazy("Waiting for review")

    def lines(self):
        running = WorkflowState.objects.filter(
            status=WorkflowState.STATUS_IN_PROGRESS,
            base_content_type__app_label="wagtailcore",
            base_content_type__model="page",
        )
        keys = [int(key) for key in running.values_list("object_id", flat=True)]
        found = self.stories().filter(pk__in=keys).order_by("-latest_revision_created_at")
        return [line(story) for story in found[:SHOWN]]


class AltTextPanel(NewsroomPanel):
    name = "newsroom_alt"
    order = 112
    heading = gettext_lazy("Pictures without a description")

    def lines(self):
        bare = Q(lead_image__isnull=False, lead_image_alt="", lead_image_is_decorative=False)
        found = self.stories().filter(bare).order_by("-dated_on", "-pk")
        return [line(story) for story in found[:SHOWN]]


class DeadLinksPanel(NewsroomPanel):
    name = "newsroom_dead_links"
    order = 113
    heading = gettext_lazy("Full stories that no longer answer")

    def lines(self):
        dead = {"link_check__failures__gte": LinkCheck.DEAD_AFTER, "link_check__url": F("full_story_url")}
        found = self.stories().filter(**dead).order_by("-dated_on", "-pk")
        return [
            line(story, _("The archived copy is shown.") if story.archive_url else _("No archived copy."))
            for story in found[:SHOWN]
        ]


class EndingAsksPanel(NewsroomPanel):
    name = "newsroom_asks"
    order = 114
    heading = gettext_lazy("Asks that end soon")

    def lines(self):
        today = timezone.localdate()
        until = today + ENDS_SOON
        rows = StoryCampaign.objects.filter(
            Q(ends_on__range=(today, until))
            | Q(ends_on__isnull=True, campaign__closes_on__range=(today, until)),
            page__in=self.stories().filter(live=True).order_by().values("pk"),
        ).select_related("page", "campaign")
        lines = [
            line(row.page, row.campaign.title) | {"day": row.ends_on or row.campaign.closes_on}
            for row in rows
        ]
        return sorted(lines, key=lambda entry: entry["day"])[:SHOWN]


class RaisedPanel(NewsroomPanel):
    """Which of the newest stories moved people to give; few gifts are never told exactly (donate/raised.py)."""

    name = "newsroom_raised"
    order = 115
    heading = gettext_lazy("What stories moved")

    def lines(self):
        exact = self.user.has_perm(raised.MAY_SEE_MONEY)
        newest = {
            story.pk: story
            for story in self.stories().filter(live=True).order_by("-dated_on", "-pk")[:NEWEST]
        }
        found = raised.by_page(list(newest), amounts=exact)
        best = sorted(found.items(), key=lambda row: raised.rank(row[1].gifts, exact), reverse=True)
        return [
            line(newest[key], _("Gifts: %(count)s") % {"count": raised.blurred(sums.gifts, exact)})
            for key, sums in best
            if sums.gifts
        ][:SHOWN]


PANELS = (ScheduledPanel, ReviewPanel, AltTextPanel, DeadLinksPanel, EndingAsksPanel, RaisedPanel)


def line(story: StoryPage, words: str = "") -> dict[str, Any]:
    return {"title": story.title, "url": edit_url(story), "words": words}


def edit_url(story: StoryPage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[story.pk])
