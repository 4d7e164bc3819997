"""What news/advice.py knows, in Wagtail's own checker: it looks at the preview, so it follows the typing.

The sentences in the form are those of the last save; here the same checks run on what is being written. The preview
marks its headline with the names of the checks that have something to say; readers' pages carry no marks.
"""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.userbar import ContentCheckerItem

MARKS = "data-worth-a-look"
UNMARKED = "story-is-unmarked"
WORDS = {
    "no-region": (_("No region"), _("The story will be found under none.")),
    "no-address": (_("Full story missing"), _("Give the address of the report that is quoted.")),
    "long-excerpt": (
        _("Long excerpt"),
        _("It is a larger share of the story than your newsroom's rule allows."),
    ),
    "no-alt-text": (_("Picture without a description"), _("Say what it shows, or that it only decorates.")),
    "place-elsewhere": (_("Place outside the region"), _("Add the region of the place as a further region.")),
}


def rule(name: str) -> dict:
    """Fails wherever a page is marked with the name; axe itself has the check, so no script of ours is needed."""
    return {
        "id": name,
        "impact": "moderate",
        "selector": f'[{MARKS}~="{name}"]',
        "tags": ["journalism"],
        "any": [UNMARKED],
        "enabled": True,
    }


class StoryChecker(ContentCheckerItem):
    axe_run_only = [*ContentCheckerItem.axe_run_only, *WORDS]
    axe_custom_rules = [*ContentCheckerItem.axe_custom_rules, *map(rule, WORDS)]
    axe_custom_checks = [
        *ContentCheckerItem.axe_custom_checks,
        {
            "id": UNMARKED,
            "evaluate": "matches-definition-evaluate",
            "options": {"matcher": {"attributes": {MARKS: None}}},
        },
    ]
    axe_messages = ContentCheckerItem.axe_messages | {
        name: {"error_name": title, "help_text": help_text} for name, (title, help_text) in WORDS.items()
    }


def know_journalism(request, items: list, page) -> None:
    """Hook construct_wagtail_userbar: our checker in the place of Wagtail's."""
    items[:] = [
        StoryChecker(in_editor=item.in_editor) if isinstance(item, ContentCheckerItem) else item
        for item in items
    ]
