"""The reports on money in the admin: a chart, the table beside it, and both as a file."""

import csv
import io

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from wagtail.log_actions import log

from donate import charts, money, reports, spreadsheets
from donate.acts import needs
from donate.charts import Bar
from donate.lists import MAY_EXPORT
from donate.reports import BY, Figure, Question

BARS_SHOWN = 15


@require_GET
@needs("view_gift")
def report(request: HttpRequest) -> HttpResponse:
    question = Question.from_query(request.GET)
    rows = reports.figures(question)
    if request.GET.get("export") in ("csv", "xlsx"):
        return export(request, question, rows)
    months = reports.standing(question)
    context = {
        "question": question,
        "rows": [shown(row, question.currency) for row in rows],
        "total": shown(reports.total(rows), question.currency),
        "chart": chart(question, rows),
        "by": BY,
        "by_label": BY[question.by],
        "currencies": settings.CURRENCIES,
        "months": months,
        "standing_now": reports.standing_now(),
        "standing_chart": standing_chart(months),
        "disputes": reports.dispute_counts(question),
        "may_export": request.user.has_perm(MAY_EXPORT),
        "header_title": _("Reports on giving"),
        "header_icon": "history",
        "zone": str(reports.zone()),
    }
    return render(request, "donate/admin/report.html", context)


def shown(row: Figure, currency: str) -> dict:
    """A row as it is read: amounts with their currency."""
    names = ("received", "refunded", "disputed", "left", "fees")
    return {"label": row.label, "gifts": row.gifts} | {
        name: money.display(getattr(row, name), currency) for name in names
    }


def chart(question: Question, rows: list[Figure]):
    drawn = [Bar(row.label, row.received, money.display(row.received, question.currency)) for row in rows]
    title = _("Received in %(currency)s by %(by)s, %(start)s to %(end)s; the figures stand in the table.") % {
        "currency": question.currency.upper(),
        "by": BY[question.by],
        "start": question.start,
        "end": question.end,
    }
    return charts.columns(drawn, title) if question.is_in_time else charts.bars(drawn[:BARS_SHOWN], title)


def standing_chart(months: list):
    begun = [Bar(row.label, row.begun, _("%(n)s new") % {"n": row.begun}) for row in months]
    ended = [Bar(row.label, row.ended, _("%(n)s lost") % {"n": row.ended}) for row in months]
    return charts.columns(
        begun, _("New (full) and lost (hatched) monthly donors; the figures stand in the table."), ended
    )


def export(request: HttpRequest, question: Question, rows: list[Figure]) -> HttpResponse:
    if not request.user.has_perm(MAY_EXPORT):
        raise PermissionDenied
    heads = [BY[question.by], _("Currency"), _("Gifts"), _("Received"), _("Refunded"), _("Disputed")]
    heads += [_("Left"), _("Fees")]
    table = [[str(head) for head in heads], *(as_cells(row, question.currency) for row in rows)]
    user = get_user_model().objects.get(pk=request.user.pk)
    format_ = request.GET["export"]
    data = {"list": str(_("Reports on giving")), "format": format_, "rows": len(rows)}
    log(instance=user, action="donate.exported", user=user, data=data | {"filters": [question.by]})
    return file_of(table, format_, f"giving-by-{question.by}-{question.start}-{question.end}")


def as_cells(row: Figure, currency: str) -> list:
    amounts = (row.received, row.refunded, row.disputed, row.left, row.fees)
    return [
        row.label,
        currency.upper(),
        row.gifts,
        *(spreadsheets.amount(minor, currency) for minor in amounts),
    ]


def file_of(table: list[list], format_: str, name: str) -> HttpResponse:
    cells = [[spreadsheets.cell(value, format_) for value in row] for row in table]
    if format_ == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(cells)
        body, kind = text.getvalue().encode(), "text/csv; charset=utf-8"
    else:
        from openpyxl import Workbook  # 5 MB in every process; few ever write a file

        book = Workbook(write_only=True)
        sheet = book.create_sheet("Report")
        for row in cells:
            sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        body = out.getvalue()
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = f'attachment; filename="{name}.{format_}"'
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition})
