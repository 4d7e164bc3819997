"""Bank deposits and the month's end in the admin. Stripe is asked while staff wait: within a bound, and said if silent."""

from datetime import timedelta
from itertools import islice

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from donate import account, closings, dashboard, gateway, money, payout_gateway, payouts, spreadsheets
from donate.acts import needs
from donate.lists import MAY_EXPORT
from donate.models import ClosedMonth
from donate.models.choices import EntryKind
from donate.payouts import Deposit, Month
from donate.reconcile import DAYS, SECONDS, Period
from donate.reportviews import file_of

MOST = 20  # deposits on one page


@require_GET
@needs("view_gift")
def deposits(request: HttpRequest) -> HttpResponse:
    """Those of the last days, newest first, each with what makes it up."""
    found, trouble = [], ""
    try:
        with gateway.within(SECONDS):
            newest = islice(payout_gateway.payouts(timezone.now() - timedelta(days=DAYS)), MOST)
            found.extend(shown(payouts.deposit(payout)) for payout in newest)
    except gateway.GatewayError as error:
        trouble = error.code or type(error).__name__
    context = {
        "deposits": found,
        "trouble": trouble,
        "header_title": _("Bank deposits"),
        "header_icon": "doc-full",
    }
    return render(request, "donate/admin/payouts.html", context)


def shown(deposit: Deposit) -> dict:
    rows = [
        {
            "type": row.movement.type,
            "gift": row.gift,
            "source": row.movement.source_id,
            "amount": money.display(row.movement.amount_minor, row.movement.currency),
            "fee": money.display(-row.movement.fee_minor, row.movement.currency),
            "net": money.display(row.movement.net_minor, row.movement.currency),
        }
        for row in deposit.rows
    ]
    payout = deposit.payout
    return {
        "payout": payout,
        "amount": money.display(payout.amount_minor, payout.currency),
        "net": money.display(deposit.net_minor, payout.currency),
        "is_explained": deposit.is_explained,
        "dashboard": dashboard.address(payout.id),
        "rows": rows,
    }


def asked_month(text: str) -> tuple[int, int]:
    """Year and month; the one before this where the text is no month."""
    period = Period.named(text)
    if not period.month:
        last = timezone.localdate().replace(day=1) - timedelta(days=1)
        return last.year, last.month
    return period.since.year, period.since.month


@require_GET
@needs("view_gift")
def month_end(request: HttpRequest) -> HttpResponse:
    year, number = asked_month(request.GET.get("month", ""))
    sheet, trouble = None, ""
    try:
        with gateway.within(SECONDS):
            sheet = payouts.month(year, number)
    except gateway.GatewayError as error:
        trouble = error.code or type(error).__name__
    if sheet and request.GET.get("export") == "csv":
        return export(request, sheet, f"{year}-{number:02}")
    late = closings.corrections(year, number)
    closed = ClosedMonth.objects.filter(livemode=account.is_live(), year=year, month=number).first()
    context = {
        "month": f"{year}-{number:02}",
        "sheet": sheet,
        "lines": lines_of(sheet) if sheet else [],
        "balance": balance_of(sheet) if sheet else [],
        "late": [(line, money.display(line.amount_minor, line.currency)) for line in late],
        "trouble": trouble,
        "closed": closed,
        "may_close": not closed
        and closings.is_over(year, number)
        and request.user.has_perm("donate.add_gift"),
        "may_export": request.user.has_perm(MAY_EXPORT),
        "header_title": _("Month’s end"),
        "header_icon": "calendar",
    }
    return render(request, "donate/admin/month.html", context)


def lines_of(sheet: Month) -> list[tuple]:
    return [
        (currency.upper(), designation, EntryKind(kind).label, money.display(moved, currency), of)
        for (currency, designation, kind, of), moved in sorted(sheet.lines.items())
    ]


def balance_of(sheet: Month) -> list[tuple]:
    """By currency: the ledger's, what of it is for or from other months, Stripe's, and what is between them."""
    return [
        (
            currency.upper(),
            *(
                money.display(minor, currency)
                for minor in (
                    sheet.ledger[currency],
                    -sheet.earlier[currency],
                    sheet.later[currency],
                    sheet.stripe[currency],
                    sheet.between(currency),
                )
            ),
        )
        for currency in sheet.currencies
    ]


def export(request: HttpRequest, sheet: Month, month: str) -> HttpResponse:
    if not request.user.has_perm(MAY_EXPORT):
        raise PermissionDenied
    table = [[_("Currency"), _("Designation"), _("Kind"), _("Amount"), _("Correction of")]]
    for (currency, designation, kind, of), moved in sorted(sheet.lines.items()):
        amount = spreadsheets.amount(moved, currency)
        table.append([currency.upper(), designation, str(EntryKind(kind).label), amount, of])
    user = get_user_model().objects.get(pk=request.user.pk)
    data = {"list": _("Month’s end"), "format": "csv", "rows": len(table) - 1, "filters": [month]}
    log(instance=user, action="donate.exported", user=user, data=data)
    return file_of(table, "csv", f"month-{month}")


@require_POST
@needs("add_gift")
def close_month(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("month", "")
    year, number = asked_month(text)
    if text != f"{year}-{number:02}" or not closings.is_over(year, number):
        messages.error(request, _("Only a month that is over can be closed."))
        return redirect("donate_month")
    row, is_new = closings.close(year, number, get_user_model().objects.get(pk=request.user.pk))
    if is_new:
        log(instance=row, action="donate.month_closed", user=request.user, title=str(row))
        messages.success(request, _("%(month)s is closed.") % {"month": text})
    return redirect(reverse("donate_month") + f"?month={text}")
