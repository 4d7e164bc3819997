from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from donate import acts, guards, logbook, payoutviews, reconcileviews, reportviews
from donate.banner import GivingBanner
from donate.lists import ReadOnlyPolicy
from donate.models import Checkout, Designation, Donor, Gift, RecurringGift, StripeEvent
from donate.viewsets import GivingGroup

for model in (Gift, Donor, RecurringGift, Checkout, StripeEvent):
    register_permission_policy(model, ReadOnlyPolicy(model), exact_class=True)


class DesignationViewSet(SnippetViewSet):
    model = Designation
    icon = "tag"
    menu_label = _("Designations")
    search_fields = ["name"]


register_snippet(DesignationViewSet)

hooks.register("before_delete_page", guards.refuse_deletion)
hooks.register("before_bulk_action", guards.refuse_bulk_deletion)
hooks.register("register_log_actions", logbook.register)
hooks.register("register_admin_viewset", GivingGroup)


@hooks.register("construct_homepage_panels")
def giving_banner(request, panels):
    if request.user.has_perm("donate.view_gift"):
        panels.append(GivingBanner())


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("giving/gifts/<int:pk>/refund/", acts.refund_gift, name="donate_refund"),
        path("giving/gifts/<int:pk>/refresh/", acts.refresh_gift, name="donate_refresh_gift"),
        path("giving/gifts/<int:pk>/receipt/", acts.resend_receipt, name="donate_resend_receipt"),
        path("giving/recurring/<int:pk>/refresh/", acts.refresh_recurring, name="donate_refresh_recurring"),
        path("giving/events/<int:pk>/apply/", acts.apply_event, name="donate_apply_event"),
        path("giving/reports/", reportviews.report, name="donate_reports"),
        path("giving/reconciliation/", reconcileviews.reconciliation, name="donate_reconciliation"),
        path("giving/reconciliation/mend/", reconcileviews.mend, name="donate_mend"),
        path("giving/deposits/", payoutviews.deposits, name="donate_deposits"),
        path("giving/month/", payoutviews.month_end, name="donate_month"),
        path("giving/month/close/", payoutviews.close_month, name="donate_close_month"),
        path("giving/enter/", acts.enter_gift, name="donate_enter_gift"),
        path("giving/enter/file/", acts.enter_file, name="donate_enter_file"),
        path("giving/comments/", acts.comments, name="donate_comments"),
        path("giving/comments/<int:pk>/", acts.decide_comment, name="donate_decide_comment"),
    ]
