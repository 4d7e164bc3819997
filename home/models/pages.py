from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from home.contexts import added_to


class PageMeta(models.Model):
    """How a page looks when it is shared: mixed into every page type of ours."""

    social_text = models.CharField(
        _("text for sharing"), max_length=300, blank=True, help_text=_("Left empty, the summary is used.")
    )
    social_image = models.ForeignKey(
        "home.SafeImage",
        verbose_name=_("picture for sharing"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            heading=_("For search engines"),
        ),
        MultiFieldPanel([FieldPanel("social_text"), FieldPanel("social_image")], heading=_("For sharing")),
        MultiFieldPanel([FieldPanel("show_in_menus")], heading=_("In the site's menu")),
    ]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def get_context(self, request, *args, **kwargs):
        return super().get_context(request, *args, **kwargs) | added_to(self, request)


class HomePage(PageMeta, Page):
    """The front page: the lead, the latest, where gifts are needed, regions and how we report."""

    method = RichTextField(
        _("how we report"),
        blank=True,
        features=["h3", "bold", "italic", "link"],
        help_text=_("Stands at the foot of the front page."),
    )

    content_panels = [*Page.content_panels, FieldPanel("method")]
    promote_panels = PageMeta.promote_panels
    max_count = 1
    template = "home/home_page.html"

    class Meta:
        verbose_name = _("home page")


class StandardPage(PageMeta, Page):
    """About, contact, privacy: a title and words."""

    summary = models.TextField(_("summary"), blank=True, max_length=400)
    body = RichTextField(
        _("text"),
        features=["h2", "h3", "bold", "italic", "link", "document-link", "ol", "ul", "hr"],
        blank=True,
    )

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    promote_panels = PageMeta.promote_panels
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    template = "home/standard_page.html"

    class Meta:
        verbose_name = _("standard page")
