"""How the form of a story is laid out: as an editor thinks, not as the table stands."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    PageChooserPanel,
    Panel,
    TitleFieldPanel,
)

from donate import raised


class AskPanel(Panel):
    """Which campaign applies, and where it comes from."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "news/admin/ask_panel.html"

        def get_context_data(self, parent_context=None):
            saved = self.instance.pk is not None
            return super().get_context_data(parent_context) | {
                "ask": self.instance.ask if saved else None,
                "saved": saved,
            }


class AdvicePanel(Panel):
    """What is worth a second look before publishing."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "news/admin/advice_panel.html"


class RaisedPanel(Panel):
    """Gifts that the story led to: counts for editors, amounts for those who may see money."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "news/admin/raised_panel.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            if self.instance.pk is None:
                return context
            exact = self.request.user.has_perm(raised.MAY_SEE_MONEY)
            found = raised.of_page(self.instance.pk, amounts=exact)
            return context | {
                "raised": found,
                "gifts": raised.blurred(found.gifts, exact),
                "monthly": raised.blurred(found.monthly, exact),
                "exact": exact,
            }


class DatelinePanel(Panel):
    """Paste the opening of a report: place, source and date are filled in, on request."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "news/admin/dateline_panel.html"


WHAT_HAPPENED = MultiFieldPanel(
    [
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("dated_on"), FieldPanel("date_precision")]),
        FieldPanel("note"),
        FieldPanel("note_author"),
        FieldPanel("body"),
        FieldPanel("lead_image"),
        FieldPanel("lead_image_alt"),
        FieldPanel("lead_image_is_decorative"),
        FieldPanel("lead_image_caption"),
        InlinePanel("story_authors", label=_("author"), heading=_("Authors")),
    ],
    heading=_("What happened"),
)
WHO_SAYS_SO = MultiFieldPanel(
    [
        DatelinePanel(heading=_("Read a dateline")),
        FieldRowPanel([FieldPanel("source", widget=forms.Select), FieldPanel("source_dated_on")]),
        FieldPanel("place"),
        FieldPanel("full_story_url"),
        FieldPanel("archive_url"),
        FieldPanel("excerpt"),
        FieldRowPanel([FieldPanel("original_language"), FieldPanel("original_url")]),
    ],
    heading=_("Who says so"),
)
WHERE_AND_ABOUT_WHAT = MultiFieldPanel(
    [
        PageChooserPanel("region", "news.RegionPage"),
        InlinePanel(
            "story_regions",
            [PageChooserPanel("region", "news.RegionPage")],
            label=_("further region"),
            heading=_("Further regions"),
        ),
        FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
    ],
    heading=_("Where and about what"),
)
THE_ASK = MultiFieldPanel(
    [
        AskPanel(heading=_("What readers are asked for")),
        InlinePanel(
            "story_campaigns",
            [
                PageChooserPanel("campaign", "donate.CampaignPage"),
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
            ],
            label=_("campaign"),
            heading=_("Campaigns of this story"),
            help_text=_("The first that takes gifts is the button. None: the region's, then the default."),
        ),
        FieldPanel("no_ask"),
    ],
    heading=_("The ask"),
)
AFTERWARDS = MultiFieldPanel(
    [
        InlinePanel(
            "related_stories",
            [PageChooserPanel("story", "news.StoryPage")],
            label=_("story"),
            heading=_("More on this"),
            help_text=_("Shown first; stories of the same region or topic follow by themselves."),
        ),
        InlinePanel(
            "corrections",
            label=_("correction"),
            heading=_("Corrections"),
            help_text=_("Shown on the story and on the page of all corrections. A retraction ends the ask."),
        ),
    ],
    heading=_("Further reading and corrections"),
)
STORY = [
    TitleFieldPanel("title", heading=_("Headline")),
    AdvicePanel(heading=_("Worth a second look")),
    WHAT_HAPPENED,
    WHO_SAYS_SO,
    WHERE_AND_ABOUT_WHAT,
    THE_ASK,
    AFTERWARDS,
    RaisedPanel(heading=_("What this story raised")),
]
