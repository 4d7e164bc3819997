"""What a story must have before readers see it. A draft may lack everything but its headline."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm


class StoryForm(WagtailAdminPageForm):
    def clean(self):
        cleaned = super().clean()
        address = cleaned.get("full_story_url") or ""
        if address and not address.startswith(("http://", "https://")):
            self.add_error("full_story_url", _("Only addresses that begin with http:// or https://."))
        if not self.is_deferred_validation:
            self._clean_for_publication(cleaned)
        return cleaned

    def _clean_for_publication(self, cleaned) -> None:
        excerpt = cleaned.get("excerpt")
        if excerpt and not cleaned.get("full_story_url") and "full_story_url" not in self.errors:
            self.add_error("full_story_url", _("An excerpt needs the address of the full story."))
        if excerpt and "excerpt" not in self.errors:
            self._clean_cuts(excerpt)
        undescribed = not cleaned.get("lead_image_alt") and not cleaned.get("lead_image_is_decorative")
        if cleaned.get("lead_image") and undescribed:
            self.add_error("lead_image_alt", _("Say what the picture shows, or tick that it only decorates."))

    def _clean_cuts(self, excerpt) -> None:
        kinds = [block.block_type for block in excerpt]
        if kinds[0] == "cut":
            self.add_error("excerpt", _("An excerpt does not begin with a cut."))
        if any(pair == ("cut", "cut") for pair in zip(kinds, kinds[1:], strict=False)):
            self.add_error("excerpt", _("Two cuts in a row say no more than one."))
