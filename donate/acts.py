"""What staff may do about money: each act asks for its permission, is done once, and is logged with who and why."""

import uuid
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from donate import account, converge, gateway, inbox, money, offline
from donate import messages as mails
from donate.giftlist import is_refundable
from donate.models import Gift, GiftComment, RecurringGift, StripeEvent
from donate.refunds import RefundForm, refund, refundable


def needs(permission: str):
    """The view is for those who have `donate.<permission>`; all others are sent away."""

    def decorate(view):
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.has_perm(f"donate.{permission}"):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def gift_of_this_mode(pk: int) -> Gift:
    return get_object_or_404(Gift, pk=pk, livemode=account.is_live())


# Refunds --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("refund_gift")
def refund_gift(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, then the same once more to be confirmed, then the refund."""
    gift = refundable(gift_of_this_mode(pk).pk)
    if not is_refundable(gift):
        messages.error(request, _("Nothing of this gift can be given back."))
        return redirect("gifts:inspect", pk)
    form = RefundForm(gift, request.POST or None)
    confirming = False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        confirming = not data["confirmed"]
        if data["confirmed"] and try_refund(request, gift, data):
            return redirect("gifts:inspect", pk)
    context = {
        "gift": gift,
        "form": form,
        "confirming": confirming,
        "amount": money.display(form.cleaned_data["amount"], gift.currency) if confirming else "",
        "left": money.display(form.left_minor, gift.currency),
        "header_title": _("Refund"),
        "header_icon": "undo",
    }
    return render(request, "donate/admin/refund.html", context, status=400 if form.errors else 200)


def try_refund(request: HttpRequest, gift: Gift, data: dict) -> bool:
    try:
        refund(gift, data["amount"], data["cause"], data["reason"], data["attempt"], request.user)
    except gateway.Refused as error:
        messages.error(request, _("Stripe refused: %(code)s. Nothing was given back.") % {"code": error.code})
        return False
    except gateway.GatewayError:
        messages.error(request, _("Stripe does not answer. Send the form again: it refunds once."))
        return False
    amount = money.display(data["amount"], gift.currency)
    messages.success(request, _("%(amount)s goes back to the donor.") % {"amount": amount})
    return True


# Asking Stripe again --------------------------------------------------------------------------------


def refresh(request: HttpRequest, row, kind: str, object_id: str | None) -> None:
    """Brings the books to what Stripe says of this object now, and logs the act."""
    try:
        if object_id:
            converge.converge(kind, object_id)
            messages.success(request, _("The books stand as Stripe says now."))
        else:
            messages.warning(request, _("This did not come through Stripe."))
            return
    except converge.NotOurs as finding:
        messages.warning(request, _("Left alone: %(reason)s.") % {"reason": finding})
    except gateway.GatewayError as error:
        messages.error(request, _("Stripe does not answer: %(code)s.") % {"code": error.code})
    log(instance=row, action="donate.refreshed", user=request.user, title=str(row))


@require_POST
@needs("view_gift")
def refresh_gift(request: HttpRequest, pk: int) -> HttpResponse:
    gift = gift_of_this_mode(pk)
    refresh(request, gift, "intent", gift.stripe_payment_intent_id)
    return redirect("gifts:inspect", pk)


@require_POST
@needs("view_recurringgift")
def refresh_recurring(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(RecurringGift, pk=pk, livemode=account.is_live())
    refresh(request, row, "subscription", row.stripe_subscription_id)
    return redirect("recurring_gifts:inspect", pk)


@require_POST
@needs("view_stripeevent")
def apply_event(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in the inbox, once more."""
    event = get_object_or_404(StripeEvent, pk=pk)
    if inbox.process(event):
        messages.success(request, _("The event is applied."))
    else:
        event.refresh_from_db()
        messages.error(request, _("It did not work: %(error)s") % {"error": event.error})
    log(instance=event, action="donate.refreshed", user=request.user, title=event.event_id)
    return redirect("events:inspect", pk)


# Receipts -------------------------------------------------------------------------------------------


@require_POST
@needs("view_receipt")
def resend_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    gift = gift_of_this_mode(pk)
    if not hasattr(gift, "receipt") or not gift.donor.email:
        messages.error(request, _("There is no receipt, or nobody to send it to."))
        return redirect("gifts:inspect", pk)
    mails.owe("receipt_copy", f"{gift.public_id}:{uuid.uuid4().hex}", gift=gift)
    log(instance=gift, action="donate.receipt_sent", user=request.user, title=gift.receipt.number)
    messages.success(request, _("The receipt is on its way to %(email)s.") % {"email": gift.donor.email})
    return redirect("gifts:inspect", pk)


# Comments -------------------------------------------------------------------------------------------


@require_GET
@needs("view_giftcomment")
def comments(request: HttpRequest) -> HttpResponse:
    """What donors wrote and agreed to show: what waits first, then what was decided."""
    of_mode = GiftComment.objects.filter(gift__livemode=account.is_live()).select_related(
        "gift__campaign", "decided_by"
    )
    context = {
        "waiting": of_mode.filter(approved_at=None, refused_at=None).order_by("-gift__created_at")[:200],
        "decided": of_mode.exclude(approved_at=None, refused_at=None).order_by("-gift__created_at")[:100],
        "may_decide": request.user.has_perm("donate.change_giftcomment"),
        "header_title": _("Comments of donors"),
        "header_icon": "comment",
    }
    return render(request, "donate/admin/comments.html", context)


@require_POST
@needs("change_giftcomment")
def decide_comment(request: HttpRequest, pk: int) -> HttpResponse:
    comment = get_object_or_404(GiftComment, pk=pk, gift__livemode=account.is_live())
    shown = request.POST.get("decision") == "approve"
    now = timezone.now()
    comment.approved_at, comment.refused_at = (now, None) if shown else (None, now)
    comment.decided_by = request.user
    comment.save(update_fields=["approved_at", "refused_at", "decided_by"])
    action = "donate.comment_approved" if shown else "donate.comment_refused"
    log(instance=comment.gift, action=action, user=request.user, title=str(comment.gift.public_id))
    messages.success(request, _("Readers see it.") if shown else _("Readers do not see it."))
    return redirect("donate_comments")


# Gifts by post and of the past ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs("add_gift")
def enter_gift(request: HttpRequest) -> HttpResponse:
    form = offline.SingleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        (gift,) = offline.enter([form.row], form.cleaned_data["mails"], request.user)
        messages.success(
            request, _("Entered, with the receipt %(number)s.") % {"number": gift.receipt.number}
        )
        return redirect("gifts:inspect", gift.pk)
    context = {"form": form, "header_title": _("Enter a gift"), "header_icon": "plus"}
    return render(request, "donate/admin/enter.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("add_gift")
def enter_file(request: HttpRequest) -> HttpResponse:
    """A file, then all its rows to look at, then the entry; the file is checked anew each time."""
    form = offline.FileForm(request.POST or None, request.FILES or None)
    rows, problem = [], ""
    if request.method == "POST" and form.is_valid():
        rows, problem = offline.read(form.cleaned_data["text"])
        faults = [row for row in rows if row.problems]
        if rows and not faults and not problem and "confirmed" in request.POST:
            return enter_rows(request, rows, form.cleaned_data)
    context = {
        "form": form,
        "rows": rows,
        "problem": problem,
        "faults": sum(bool(row.problems) for row in rows),
        "repeats": sum(bool(row.repeats) for row in rows),
        "columns": ", ".join(offline.COLUMNS),
        "text": form.cleaned_data.get("text", "") if form.is_bound and form.is_valid() else "",
        "header_title": _("Gifts from a file"),
        "header_icon": "upload",
    }
    wrong = form.errors or problem
    return render(request, "donate/admin/enter_file.html", context, status=400 if wrong else 200)


def enter_rows(request: HttpRequest, rows: list, data: dict) -> HttpResponse:
    chosen = [row for row in rows if data["again"] or not row.repeats]
    offline.enter(chosen, data["mails"], request.user)
    messages.success(
        request,
        _("%(entered)s gifts entered, %(left)s left out as repeats.")
        % {"entered": len(chosen), "left": len(rows) - len(chosen)},
    )
    return redirect("gifts:index")
