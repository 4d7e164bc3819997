from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
)
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from donate.admin_forms import CampaignForm
from donate.fields import BigMinorUnitsField, MinorUnitsField
from donate.models.choices import Frequency
from home.models import PageMeta


def currency_choices() -> list[tuple[str, str]]:
    return [(code, code.upper()) for code in settings.CURRENCIES]


def currency_panel(name: str, **options) -> FieldPanel:
    return FieldPanel(name, widget=forms.Select(choices=[("", "---"), *currency_choices()]), **options)


class Designation(models.Model):
    """The use a donor asks for. "Where needed most" is unrestricted."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("designation")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GivePage(PageMeta, Page):
    """All campaigns: the page behind Give Today where no story names one."""

    intro = models.TextField(_("introduction"), blank=True)
    questions = RichTextField(
        _("before you give"), blank=True, features=["h3", "bold", "italic", "link", "ol", "ul"]
    )

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("questions")]
    promote_panels = PageMeta.promote_panels
    max_count = 1
    subpage_types = ["donate.CampaignPage"]
    template = "donate/give_page.html"

    class Meta:
        verbose_name = _("give page")


class CampaignPage(PageMeta, Page):
    """An appeal with a purpose, a goal and dates; holds the giving form."""

    place = models.CharField(
        _("place"), max_length=120, blank=True, help_text=_("Stands above the name, such as “Middle East”.")
    )
    summary = models.TextField(
        _("summary"), max_length=400, help_text=_("One or two sentences under the name and in lists.")
    )
    purpose = RichTextField(_("what it pays for"), blank=True, features=["bold", "italic", "link", "ul"])
    image = models.ForeignKey(
        "home.SafeImage",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    image_alt = models.CharField(
        _("what the picture shows"),
        max_length=255,
        blank=True,
        help_text=_("Read aloud to people who cannot see it. Empty: decorative."),
    )
    goal_minor = BigMinorUnitsField(_("goal"), null=True, blank=True, currency_field="goal_currency")
    goal_currency = models.CharField(_("currency of the goal"), max_length=3, blank=True)
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    closes_on = models.DateField(
        _("closes on"), null=True, blank=True, help_text=_("The last day on which it takes gifts.")
    )
    default_frequency = models.CharField(
        _("frequency chosen first"), max_length=10, choices=Frequency.choices, default=Frequency.ONCE
    )
    offers_monthly = models.BooleanField(_("offers monthly gifts"), default=True)
    offers_annual = models.BooleanField(_("offers annual gifts"), default=False)
    offers_fee_cover = models.BooleanField(_("offers to cover the card fee"), default=False)
    designation = models.ForeignKey(
        Designation,
        verbose_name=_("designation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    further_designations = ParentalManyToManyField(
        Designation, verbose_name=_("designations a donor may choose instead"), blank=True, related_name="+"
    )
    statement_suffix = models.CharField(
        _("words on the card statement"),
        max_length=12,
        blank=True,
        help_text=_("Latin letters, after the organisation's prefix."),
    )
    ask_heading = models.CharField(
        _("heading of the ask"),
        max_length=120,
        blank=True,
        help_text=_("On stories; left empty, the campaign's name."),
    )
    ask_text = models.TextField(
        _("text of the ask"), blank=True, max_length=300, help_text=_("On stories, above the button.")
    )
    button_label = models.CharField(_("label of the button"), max_length=30, default=_("Give Today"))
    thank_you = RichTextField(_("thank-you text"), blank=True, features=["bold", "italic", "link", "ul"])

    appeal_panels = [
        *Page.content_panels,
        FieldPanel("place"),
        FieldPanel("summary"),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt")], heading=_("Picture")),
        FieldPanel("purpose"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("goal_minor"), currency_panel("goal_currency")]),
                FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
            ],
            heading=_("Goal and dates"),
        ),
        FieldPanel("thank_you"),
    ]
    gift_panels = [
        MultiFieldPanel(
            [
                FieldPanel("default_frequency"),
                FieldRowPanel([FieldPanel("offers_monthly"), FieldPanel("offers_annual")]),
                FieldPanel("offers_fee_cover"),
            ],
            heading=_("How often"),
        ),
        InlinePanel("presets", heading=_("Suggested amounts"), label=_("amount")),
        InlinePanel("limits", heading=_("Smallest and largest gift"), label=_("limit")),
        MultiFieldPanel(
            [
                FieldPanel("designation"),
                FieldPanel("further_designations", widget=forms.CheckboxSelectMultiple),
                FieldPanel("statement_suffix"),
            ],
            heading=_("What it is used for"),
        ),
    ]
    story_panels = [FieldPanel("ask_heading"), FieldPanel("ask_text"), FieldPanel("button_label")]
    promote_panels = PageMeta.promote_panels
    edit_handler = TabbedInterface(
        [
            ObjectList(appeal_panels, heading=_("The appeal")),
            ObjectList(gift_panels, heading=_("Gifts")),
            ObjectList(story_panels, heading=_("On stories")),
            ObjectList(promote_panels, heading=_("Promote")),
            ObjectList([PublishingPanel()], heading=_("Schedule")),
        ]
    )
    base_form_class = CampaignForm
    parent_page_types = ["donate.GivePage"]
    subpage_types: list[str] = []
    search_fields = [
        *Page.search_fields,
        index.SearchField("place"),
        index.SearchField("summary"),
        index.SearchField("purpose"),
    ]
    template = "donate/campaign_page.html"

    class Meta:
        verbose_name = _("campaign")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(goal_minor__isnull=True) | ~models.Q(goal_currency=""),
                name="a_goal_has_a_currency",
            )
        ]


class Preset(Orderable):
    """One suggested amount of a campaign, with what it does in a plain phrase."""

    page = ParentalKey(CampaignPage, on_delete=models.CASCADE, related_name="presets")
    currency = models.CharField(_("currency"), max_length=3)
    frequency = models.CharField(
        _("frequency"), max_length=10, choices=Frequency.choices, default=Frequency.ONCE
    )
    amount_minor = MinorUnitsField(_("amount"))
    meaning = models.CharField(_("what it does"), max_length=120, blank=True)
    is_default = models.BooleanField(_("chosen first"), default=False)

    panels = [
        FieldRowPanel([FieldPanel("frequency"), currency_panel("currency"), FieldPanel("amount_minor")]),
        FieldPanel("meaning"),
        FieldPanel("is_default"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("suggested amount")


class CampaignLimit(Orderable):
    """The smallest and largest gift in one currency; the product's own limits apply where a campaign has none."""

    page = ParentalKey(CampaignPage, on_delete=models.CASCADE, related_name="limits")
    currency = models.CharField(_("currency"), max_length=3)
    minimum_minor = MinorUnitsField(_("smallest gift"))
    maximum_minor = MinorUnitsField(_("largest gift"))

    panels = [
        FieldRowPanel([currency_panel("currency"), FieldPanel("minimum_minor"), FieldPanel("maximum_minor")])
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("limit")
        constraints = [models.UniqueConstraint(fields=["page", "currency"], name="one_limit_per_currency")]


@register_setting(icon="pick", order=20)
class GivingSettings(BaseGenericSetting):
    """What every campaign shares."""

    default_campaign = models.ForeignKey(
        CampaignPage,
        verbose_name=_("default campaign"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Asked for where neither the story nor its regions name one."),
    )
    gifts_email = models.EmailField(_("contact about gifts"), blank=True)
    other_ways = RichTextField(
        _("other ways to give"),
        blank=True,
        features=["bold", "link", "ul"],
        help_text=_("Bank details and the like, shown on the give pages."),
    )
    statement_name = models.CharField(
        _("name on the card statement"),
        max_length=22,
        blank=True,
        help_text=_("As Stripe prints it, so that donors recognise their gift."),
    )
    donor_terms_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("donor terms"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    fee_basis_points = models.PositiveIntegerField(
        _("card fee, in hundredths of a per cent"),
        default=290,
        validators=[MaxValueValidator(2000)],
        help_text=_("For the offer to cover the fee: 290 is 2.9 %."),
    )
    renewal_tries = models.PositiveSmallIntegerField(
        _("tries to take a regular gift"),
        default=4,
        help_text=_("As set at Stripe, the first one included; donors are told before the last."),
    )
    notice_days = models.PositiveSmallIntegerField(_("days of notice before a yearly gift"), default=14)
    fee_fixed_minor = models.PositiveIntegerField(_("fixed part of the card fee, in cents"), default=30)

    panels = [
        FieldPanel("default_campaign"),
        MultiFieldPanel(
            [FieldPanel("gifts_email"), FieldPanel("other_ways"), FieldPanel("donor_terms_page")],
            heading=_("For donors"),
        ),
        FieldPanel("statement_name"),
        MultiFieldPanel(
            [FieldPanel("fee_basis_points"), FieldPanel("fee_fixed_minor")], heading=_("Card fee")
        ),
        MultiFieldPanel([FieldPanel("renewal_tries"), FieldPanel("notice_days")], heading=_("Regular gifts")),
    ]

    class Meta:
        verbose_name = _("giving")
