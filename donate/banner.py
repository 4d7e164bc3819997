"""What is wrong with giving now, at the top of the admin's first page."""

from wagtail.admin.ui.components import Component

from donate import attack, clockwork, silence


class GivingBanner(Component):
    """Nothing where all is well."""

    name = "giving_banner"
    order = 10
    template_name = "donate/admin/banner.html"

    def get_context_data(self, parent_context) -> dict:
        found = (silence.alarm(), clockwork.check_events(), attack.alarm())
        return {"sentences": [sentence for sentence in found if sentence]}
