"""Bulk actions on stories: add a region, a topic or a campaign to all that are ticked."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction

from donate.models import CampaignPage
from news.models import RegionPage, StoryCampaign, StoryPage, StoryRegion, Topic


class RegionForm(forms.Form):
    chosen = forms.ModelChoiceField(RegionPage.objects.order_by("path"), label=_("Region"))


class TopicForm(forms.Form):
    chosen = forms.ModelChoiceField(Topic.objects.all(), label=_("Topic"))


class CampaignForm(forms.Form):
    chosen = forms.ModelChoiceField(CampaignPage.objects.order_by("title"), label=_("Campaign"))


class AddToStories(PageBulkAction):
    """Saves a revision of each story with the addition, and publishes it where the story was published as it stood."""

    template_name = "news/admin/bulk_add.html"

    def check_perm(self, page):
        may = page.permissions_for_user(self.request.user)
        if not isinstance(page.specific_deferred, StoryPage) or not may.can_edit() or may.page_locked():
            return False
        return not page.live or may.can_publish()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"action": self}

    def get_execution_context(self):
        return super().get_execution_context() | {"chosen": self.cleaned_form.cleaned_data["chosen"]}

    @classmethod
    def execute_action(cls, objects, user=None, chosen=None, **kwargs):
        changed = 0
        for page in objects:
            story = page.get_latest_revision_as_object()
            if cls.add(story, chosen):
                as_published = page.live and not page.has_unpublished_changes
                revision = story.save_revision(user=user, log_action=True)
                if as_published:
                    revision.publish(user=user)
                changed += 1
        return changed, 0

    @classmethod
    def add(cls, story, chosen) -> bool:
        """Adds to an unsaved story; False where it has it already."""
        raise NotImplementedError

    def get_success_message(self, count, _children):
        return ngettext("%(count)d story was changed.", "%(count)d stories were changed.", count) % {
            "count": count
        }


class AddRegion(AddToStories):
    display_name = _("Add region")
    aria_label = _("Add a region to the selected stories")
    action_type = "add_region"
    form_class = RegionForm

    @classmethod
    def add(cls, story, chosen):
        if story.region_id is None:
            story.region = chosen
            return True
        if chosen.pk in {story.region_id, *(row.region_id for row in story.story_regions.all())}:
            return False
        story.story_regions.add(StoryRegion(region=chosen))
        return True


class AddTopic(AddToStories):
    display_name = _("Add topic")
    aria_label = _("Add a topic to the selected stories")
    action_type = "add_topic"
    form_class = TopicForm

    @classmethod
    def add(cls, story, chosen):
        if chosen in story.topics.all():
            return False
        story.topics.add(chosen)
        return True


class AddCampaign(AddToStories):
    display_name = _("Add campaign")
    aria_label = _("Add a campaign to the selected stories")
    action_type = "add_campaign"
    form_class = CampaignForm

    @classmethod
    def add(cls, story, chosen):
        if chosen.pk in {row.campaign_id for row in story.story_campaigns.all()}:
            return False
        story.story_campaigns.add(StoryCampaign(campaign=chosen))
        return True
