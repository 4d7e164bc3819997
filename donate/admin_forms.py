"""The admin's form of a campaign: amounts as people type them, and what must fit together."""

import re

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from donate.fields import show_typed

STATEMENT = re.compile(r"(?=.*[A-Za-z])[ -~]{1,12}")
NOT_ON_STATEMENTS = set("<>\\'\"*")


class CampaignForm(WagtailAdminPageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        show_typed(self)
        for name in ("presets", "limits"):
            for form in self.formsets[name].forms if name in self.formsets else []:
                show_typed(form)

    def clean(self):
        data = super().clean()
        if data.get("goal_minor") and not data.get("goal_currency"):
            self.add_error("goal_currency", _("Choose the currency of the goal"))
        opens, closes = data.get("opens_on"), data.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("The last day lies before the first"))
        suffix = data.get("statement_suffix")
        if suffix and (not STATEMENT.fullmatch(suffix) or NOT_ON_STATEMENTS & set(suffix)):
            self.add_error(
                "statement_suffix",
                _("Use Latin letters and digits, at least one letter, and none of < > \\ ' \" *"),
            )
        return data
