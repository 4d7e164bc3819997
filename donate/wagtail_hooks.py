from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from donate import guards
from donate.models import Designation


class DesignationViewSet(SnippetViewSet):
    model = Designation
    icon = "tag"
    menu_label = _("Designations")
    search_fields = ["name"]


register_snippet(DesignationViewSet)

hooks.register("before_delete_page", guards.refuse_deletion)
hooks.register("before_bulk_action", guards.refuse_bulk_deletion)
