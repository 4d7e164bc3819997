from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from home.models import PageMeta
from home.publication import is_public
from news import panels
from news.blocks import ExcerptBlock, StoryBlocks
from news.dateline import Dateline
from news.forms import StoryForm
from news.models.asks import Ask, ask_of_story
from news.models.regions import RegionPage
from news.models.terms import Person, Source, Topic


class StoryPage(PageMeta, Page):
    """One story: our note, the source's report with its cuts marked, our own reporting, and the ask that it moves."""

    class Precision(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    summary = models.TextField(
        _("summary"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences for lists, feeds and sharing."),
    )
    # The ordering key everywhere, with the primary key behind it: never the time of publishing.
    dated_on = models.DateField(_("date"), default=timezone.localdate, db_index=True)
    date_precision = models.CharField(
        _("how exact the date is"), max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    region = models.ForeignKey(
        RegionPage,
        verbose_name=_("primary region"),
        null=True,
        on_delete=models.PROTECT,
        related_name="primary_stories",
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="stories")

    note = RichTextField(_("editor's note"), blank=True, features=["bold", "italic", "link"])
    note_author = models.ForeignKey(
        Person,
        verbose_name=_("author of the note"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    source = models.ForeignKey(
        Source,
        verbose_name=_("source"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stories",
    )
    source_dated_on = models.DateField(_("date at the source"), null=True, blank=True)
    place = models.CharField(
        _("place"), max_length=80, blank=True, help_text=_("As in the dateline: “Aleppo, Syria”.")
    )
    full_story_url = models.URLField(_("address of the full story"), max_length=600, blank=True)
    archive_url = models.URLField(
        _("archived copy"),
        max_length=600,
        blank=True,
        help_text=_("Used when the address above stops working."),
    )
    excerpt = StreamField(ExcerptBlock(required=False), verbose_name=_("excerpt"), blank=True)

    body = StreamField(StoryBlocks(required=False), verbose_name=_("own reporting"), blank=True)
    lead_image = models.ForeignKey(
        "home.SafeImage",
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    lead_image_alt = models.CharField(
        _("what the picture shows"),
        max_length=255,
        blank=True,
        help_text=_("Read aloud to people who cannot see it."),
    )
    lead_image_is_decorative = models.BooleanField(_("the picture only decorates"), default=False)
    lead_image_caption = models.CharField(_("caption"), max_length=300, blank=True)
    original_language = models.CharField(
        _("language of the original"), max_length=12, blank=True, help_text=_("A language tag such as “ar”.")
    )
    original_url = models.URLField(_("address of the original"), max_length=600, blank=True)
    canonical_is_source = models.BooleanField(
        _("the full story is the original"),
        default=False,
        help_text=_("Tells search engines to prefer the source's page."),
    )

    no_ask = models.BooleanField(
        _("no ask under this story"),
        default=False,
        help_text=_("Where asking for money would be in bad taste."),
    )

    base_form_class = StoryForm
    content_panels = panels.STORY
    promote_panels = [
        *PageMeta.promote_panels[:2],
        MultiFieldPanel([FieldPanel("canonical_is_source")], heading=_("The original")),
    ]
    parent_page_types = ["news.NewsroomPage"]
    subpage_types: list[str] = []
    template = "news/story_page.html"
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("note"),
        index.SearchField("excerpt"),
        index.SearchField("body"),
        index.SearchField("place"),
        index.FilterField("dated_on"),
        index.FilterField("region"),
        index.FilterField("source"),
        index.RelatedFields("source", [index.SearchField("name")]),
        index.RelatedFields("region", [index.SearchField("title")]),
    ]

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        indexes = [
            models.Index(fields=["-dated_on", "-page_ptr"], name="story_newest_first"),
            models.Index(fields=["region", "-dated_on", "-page_ptr"], name="story_by_region"),
            models.Index(fields=["full_story_url"], name="story_by_full_story"),
        ]

    @property
    def dateline(self) -> Dateline:
        """The line that opens the report."""
        return Dateline(self.place, self.source_dated_on, self.source.name if self.source else "")

    @property
    def shown_region(self) -> RegionPage | None:
        """The primary region, where readers may know of it."""
        return self.region if self.region and is_public(self.region) else None

    @property
    def full_story_link(self) -> str:
        """Where Full Story leads: the source's page, or the archived copy once that page is gone."""
        check = getattr(self, "link_check", None)
        gone = check is not None and check.is_dead and check.url == self.full_story_url
        return self.archive_url if gone and self.archive_url else self.full_story_url

    @cached_property
    def ask(self) -> Ask | None:
        """The campaign that applies here and where it comes from, whether or not the story asks."""
        return ask_of_story(self)

    @property
    def giving_region(self):
        """The region under which this story's gifts count."""
        return self.region

    @property
    def giving_campaign(self):
        """The campaign that this story's gifts go to, or None."""
        return self.ask.campaign if self.ask else None

    @property
    def is_retracted(self) -> bool:
        return any(row.kind == Correction.Kind.RETRACTION for row in self.corrections.all())

    @property
    def asks_for_gifts(self) -> bool:
        """No panel where it would be in bad taste, and none under what turned out to be wrong."""
        return not self.no_ask and not self.is_retracted

    @property
    def linked_campaign(self):
        """The campaign named beside the story in lists, or None; read by listing.listed()."""
        rows = getattr(self, "listed_campaigns", [])
        return rows[0].campaign if rows and not self.no_ask else None


class StoryRegion(Orderable):
    """A further region of a story, beside its primary one."""

    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="story_regions")
    region = models.ForeignKey(
        RegionPage, verbose_name=_("region"), on_delete=models.CASCADE, related_name="story_regions"
    )

    class Meta(Orderable.Meta):
        verbose_name = _("further region")
        constraints = [models.UniqueConstraint(fields=["page", "region"], name="a_region_once_per_story")]


class StoryCampaign(Orderable):
    """A campaign that a story asks for; the first that takes gifts is the button."""

    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="story_campaigns")
    campaign = models.ForeignKey(
        "donate.CampaignPage",
        verbose_name=_("campaign"),
        on_delete=models.CASCADE,
        related_name="story_campaigns",
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("campaign")
        constraints = [models.UniqueConstraint(fields=["page", "campaign"], name="a_campaign_once_per_story")]


class StoryAuthor(Orderable):
    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="story_authors")
    person = models.ForeignKey(Person, verbose_name=_("author"), on_delete=models.CASCADE, related_name="+")

    class Meta(Orderable.Meta):
        verbose_name = _("author")


class RelatedStory(Orderable):
    """A story picked by hand for "More on this"."""

    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="related_stories")
    story = models.ForeignKey(StoryPage, verbose_name=_("story"), on_delete=models.CASCADE, related_name="+")

    class Meta(Orderable.Meta):
        verbose_name = _("related story")


class Correction(Orderable):
    """What was changed after publication, told openly."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("correction")
        CLARIFICATION = "clarification", _("clarification")
        UPDATE = "update", _("update")
        RETRACTION = "retraction", _("retraction")

    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.CORRECTION)
    dated_on = models.DateField(_("date"), default=timezone.localdate)
    text = RichTextField(_("what changed"), features=["bold", "italic", "link"])

    class Meta(Orderable.Meta):
        verbose_name = _("correction")


class LinkCheck(models.Model):
    """Whether a story's full-story address still answers. Beside the page, so that no revision brings an old answer back."""

    story = models.OneToOneField(StoryPage, on_delete=models.CASCADE, related_name="link_check")
    url = models.URLField(_("address"), max_length=600)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)

    DEAD_AFTER = 3  # failures in a row; one is bad weather

    class Meta:
        verbose_name = _("link check")

    def __str__(self) -> str:
        return self.url

    @property
    def is_dead(self) -> bool:
        return self.failures >= self.DEAD_AFTER
