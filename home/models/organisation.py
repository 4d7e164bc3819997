from copy import copy

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from home.kept import kept


@register_setting(icon="home", order=10)
class OrganisationSettings(BaseGenericSetting):
    """Who publishes: the words that stand on every page, mail and receipt."""

    name = models.CharField(_("name"), max_length=100, default="Dateline")
    mission = models.TextField(
        _("mission"), blank=True, help_text=_("One or two sentences for the foot of every page.")
    )
    legal_name = models.CharField(
        _("legal name"), max_length=200, blank=True, help_text=_("As it stands on receipts.")
    )
    registration_number = models.CharField(_("registration number"), max_length=100, blank=True)
    address = models.TextField(_("postal address"), blank=True)
    tax_sentence = models.TextField(
        _("tax sentence"), blank=True, help_text=_("Printed on every receipt, word for word.")
    )
    note_label = models.CharField(
        _("label of the editor's note"),
        max_length=40,
        default=_("Editor’s note"),
        help_text=_("Such as “ICC Note”."),
    )
    newsroom_sentence = models.CharField(
        _("newsroom sentence"),
        max_length=200,
        default=_("To read more news stories, visit the"),
        help_text=_("Stands under every story, before the link to the newsroom."),
    )
    press_email = models.EmailField(_("press contact"), blank=True)
    press_sentence = models.CharField(
        _("press sentence"), max_length=200, default=_("For interviews, please email")
    )
    default_social_image = models.ForeignKey(
        "home.SafeImage",
        verbose_name=_("picture for sharing"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Used where a page has no picture of its own."),
    )
    about_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("about page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("privacy page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    accessibility_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("accessibility page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    # Their addresses stand at the foot of every page.
    select_related = ["about_page", "privacy_page", "accessibility_page"]

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("mission")], heading=_("In public")),
        MultiFieldPanel(
            [
                FieldPanel("legal_name"),
                FieldPanel("registration_number"),
                FieldPanel("address"),
                FieldPanel("tax_sentence"),
            ],
            heading=_("On receipts"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("note_label"),
                FieldPanel("newsroom_sentence"),
                FieldPanel("press_sentence"),
                FieldPanel("press_email"),
            ],
            heading=_("On stories"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("default_social_image"),
                FieldPanel("about_page"),
                FieldPanel("privacy_page"),
                FieldPanel("accessibility_page"),
            ],
            heading=_("Sharing and standing pages"),
        ),
    ]

    class Meta:
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls, request_or_site=None):
        """A copy of the row as it was last saved: every page asks for it (home/kept.py)."""
        return copy(kept("organisation", super().load))
