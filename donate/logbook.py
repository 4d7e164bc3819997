"""How acts about money read in the admin's history."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter


class WithReason(LogFormatter):
    """What was done, and the words of whoever did it."""

    def format_message(self, log_entry):
        data = log_entry.data
        said = [data.get("amount"), data.get("reason")]
        return ": ".join([str(self.label), *(str(part) for part in said if part)])

    def format_comment(self, log_entry):
        return log_entry.data.get("reason", "")


class Exported(LogFormatter):
    label = _("Exported a list")

    def format_message(self, log_entry):
        return gettext("Exported %(list)s as %(format)s: %(rows)s rows") % {
            name: log_entry.data.get(name, "") for name in ("list", "format", "rows")
        }


ACTS = {
    "donate.refunded": _("Gave money back"),
    "donate.refreshed": _("Asked Stripe again"),
    "donate.receipt_sent": _("Sent the receipt again"),
    "donate.comment_approved": _("Showed the donor’s words"),
    "donate.comment_refused": _("Kept the donor’s words back"),
    "donate.entered": _("Entered a gift by hand"),
    "donate.month_closed": _("Closed a month"),
    "donate.mended": _("Mended a difference"),
}


def register(actions) -> None:
    """A `register_log_actions` hook."""
    for action, label in ACTS.items():
        actions.register_action(action)(type("Act", (WithReason,), {"label": label}))
    actions.register_action("donate.exported")(Exported)
