"""Reconciliation in the admin: what the books have otherwise than Stripe, and a button that has it mended."""

from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from donate import dashboard, reconcile
from donate.acts import needs
from donate.reconcile import Finding, Mending, Period


@require_GET
@needs("view_gift")
def reconciliation(request: HttpRequest) -> HttpResponse:
    period = Period.named(request.GET.get("month", ""))
    found = reconcile.look(period)
    context = {
        "period": period,
        "found": found,
        "rows": [shown(row) for row in found.rows],
        "header_title": _("Reconciliation"),
        "header_icon": "tasks",
    }
    return render(request, "donate/admin/reconciliation.html", context)


def shown(row: Finding) -> dict:
    item = row.difference
    return {
        "gift": row.gift,
        "ours": row.ours,
        "stripes": row.stripes,
        "what": item.what,
        "kind": item.kind,
        "object_id": item.object_id,
        "dashboard": dashboard.address(item.object_id),
    }


@require_POST
@needs("view_gift")
def mend(request: HttpRequest) -> HttpResponse:
    """All of the period, or the one object that the button names."""
    period = Period.named(request.POST.get("month", ""))
    only = request.POST.get("object_id", "")
    done = reconcile.mend(period, only)
    tell(request, done)
    user = get_user_model().objects.get(pk=request.user.pk)
    said = {"amount": done.mended, "reason": only or period.month or f"{reconcile.DAYS} days"}
    log(instance=user, action="donate.mended", user=user, title=str(user), data=said)
    query = f"?{urlencode({'month': period.month})}" if period.month else ""
    return redirect(reverse("donate_reconciliation") + query)


def tell(request: HttpRequest, done: Mending) -> None:
    if done.trouble:
        messages.error(
            request,
            _("Stripe does not answer (%(code)s). What was mended stays; try again later.")
            % {"code": done.trouble},
        )
    if done.failed:
        messages.warning(request, _("Left alone, not ours: %(n)s.") % {"n": done.failed})
    if done.mended or not (done.trouble or done.failed):
        text = ngettext("%(n)s difference mended.", "%(n)s differences mended.", done.mended)
        messages.success(request, text % {"n": done.mended})
