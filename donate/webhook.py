"""Where Stripe knocks: verify, store, apply, answer."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donate import gateway, inbox, silence

LARGEST_BODY = 1024 * 1024  # bytes; Stripe's are a few thousand


@csrf_exempt
@require_POST
@transaction.non_atomic_requests
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """400 what is not Stripe's, 200 stored and applied, 500 stored and to be sent again."""
    try:
        body = request.read(LARGEST_BODY + 1)
    except UnreadablePostError:
        return HttpResponseBadRequest()
    if len(body) > LARGEST_BODY:
        return HttpResponseBadRequest()
    try:
        notice = gateway.read_notice(body, request.headers.get("Stripe-Signature"))
    except gateway.NotStripes as finding:
        silence.note_refused(finding.event_id)
        return HttpResponseBadRequest()
    return HttpResponse(status=200 if inbox.receive(notice) else 500)
