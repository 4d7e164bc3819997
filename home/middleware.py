"""What every answer carries: HTTPS rules, the onion address, and the policy of its area."""

import logging

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.middleware.security import SecurityMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from home.network import is_onion
from home.storage import FULL, StorageFailed

logger = logging.getLogger(__name__)


class DoorMiddleware(SecurityMiddleware):
    """Django's SecurityMiddleware, with the onion service left out of HTTPS.

    An onion address is encrypted and authenticated by itself and has no certificate: a redirect to https, HSTS or
    a Secure cookie would lock its readers out.
    """

    def process_request(self, request):
        return None if is_onion(request) else super().process_request(request)

    def process_response(self, request, response):
        hsts_already = "Strict-Transport-Security" in response
        response = super().process_response(request, response)
        if is_onion(request):
            if not hsts_already:
                response.headers.pop("Strict-Transport-Security", None)
            for cookie in response.cookies.values():
                cookie["secure"] = ""
        elif settings.ONION_HOST and response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault(
                "Onion-Location", f"http://{settings.ONION_HOST}{request.get_full_path()}"
            )
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class FullDiskMiddleware(MiddlewareMixin):
    """An upload that could not be stored is a message to the editor, not an error page."""

    def process_exception(self, request, exception):
        if not isinstance(exception, StorageFailed) or request.method != "POST":
            return None
        logger.error("A file could not be stored: %s", exception)
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return JsonResponse({"success": False, "error_message": str(FULL)})
        messages.error(request, FULL)
        return redirect(request.path)


class PolicyMiddleware(CSPMiddleware):
    """The strict policy for readers; the admin's own policy for editors and for previews."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None and is_staff_area(request):
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY
        return parts

    def process_response(self, request, response):
        if is_staff_area(request):
            # The admin shows previews in frames; XFrameOptionsMiddleware, further in, has said DENY.
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return super().process_response(request, response)


def is_staff_area(request) -> bool:
    """The admin, or a preview (which runs through all middleware under the page's public path)."""
    if getattr(request, "is_dummy", False) or getattr(request, "is_preview", False):
        return True
    return request.path_info.startswith(reverse("wagtailadmin_home"))
