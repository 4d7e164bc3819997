from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Page
from wagtail.search import index

from home.kept import kept
from home.models import PageMeta
from news.models.asks import Ask, ask_of_region, lineage
from news.models.terms import ALSO_KNOWN_AS_HELP


class RegionIndexPage(PageMeta, Page):
    """All regions."""

    intro = models.TextField(_("introduction"), max_length=400, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    promote_panels = PageMeta.promote_panels
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["news.RegionPage"]
    template = "news/region_index_page.html"

    class Meta:
        verbose_name = _("index of regions")


class RegionPage(PageMeta, Page):
    """A place: a continent, a country or a province; regions nest."""

    intro = models.TextField(_("introduction"), max_length=400, blank=True)
    also_known_as = models.TextField(_("also known as"), blank=True, help_text=ALSO_KNOWN_AS_HELP)
    campaign = models.ForeignKey(
        "donate.CampaignPage",
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_(
            "Asked for under this region's stories that name no campaign of their own, and in the regions below."
        ),
    )
    press_email = models.EmailField(
        _("press contact"),
        blank=True,
        help_text=_("Instead of the organisation's, for this region and below."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("also_known_as"),
        MultiFieldPanel([PageChooserPanel("campaign", "donate.CampaignPage")], heading=_("The ask")),
        FieldPanel("press_email"),
    ]
    promote_panels = PageMeta.promote_panels
    parent_page_types = ["news.RegionIndexPage", "news.RegionPage"]
    subpage_types = ["news.RegionPage"]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("also_known_as")]
    template = "news/region_page.html"

    class Meta:
        verbose_name = _("region")

    @property
    def path_below_regions(self) -> str:
        """As addresses of lists name it: "middle-east/syria"."""
        # url_path: "/home/regions/middle-east/syria/"
        return "/".join(self.url_path.strip("/").split("/")[2:])

    @cached_property
    def ask(self) -> Ask | None:
        """The campaign that applies here and where it comes from."""
        return ask_of_region(self)

    @property
    def giving_region(self):
        """The region under which gifts from this page count."""
        return self

    @property
    def giving_campaign(self):
        """The campaign that gifts from this page go to, or None."""
        return self.ask.campaign if self.ask else None

    asks_for_gifts = True

    @classmethod
    def campaigns_named(cls) -> dict[str, int]:
        """By tree path, the campaign (primary key) that a live region names; few, and kept (home/kept.py)."""
        return kept("campaigns of regions", _campaigns)

    @cached_property
    def press_contact(self) -> str:
        """Whom the press may write to about this region: its own address, else that of the nearest region above."""
        return self.press_email or _press_email_above(self.path)


def _press_email_above(path: str) -> str:
    """Read from all that name one, which are few and kept (home/kept.py)."""
    named = kept("press contacts of regions", _press_contacts)
    return next((named[place] for place in lineage(path) if place in named), "")


def _campaigns() -> dict[str, int]:
    return dict(RegionPage.objects.live().exclude(campaign=None).values_list("path", "campaign"))


def _press_contacts() -> dict[str, str]:
    return dict(RegionPage.objects.exclude(press_email="").values_list("path", "press_email"))
