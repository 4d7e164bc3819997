from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from home.models import PageMeta


class NewsroomPage(PageMeta, Page):
    """All stories, newest first, with filters."""

    intro = models.TextField(_("introduction"), max_length=400, blank=True)

    excerpt_share = models.PositiveSmallIntegerField(
        _("largest share of an excerpt"),
        default=75,
        validators=[MaxValueValidator(100)],
        help_text=_("Per cent of a story's words. Above it editors are warned, never stopped."),
    )

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("excerpt_share")]
    promote_panels = PageMeta.promote_panels
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["news.StoryPage"]
    template = "news/newsroom_page.html"

    class Meta:
        verbose_name = _("newsroom")
