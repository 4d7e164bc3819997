from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from home.middleware import is_staff_area
from home.secondstep.devices import is_awaited


class SecondStepMiddleware:
    """Between password and code a session is nobody's, everywhere but on the pages that ask for the code."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user_before_second_step = None
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            if is_awaited(request.user):
                return self._as_nobody(request)
        return self.get_response(request)

    def _as_nobody(self, request):
        request.user_before_second_step = request.user
        request.user = AnonymousUser()
        own = reverse("second_step:start")
        # What the page that asks for the code is made of.
        free = (own, reverse("wagtailadmin_sprite"), reverse("wagtailadmin_javascript_catalog"))
        is_door = is_staff_area(request) or request.path == reverse("wagtailcore_login")
        if not is_door or request.path.startswith(free) or getattr(request, "is_dummy", False):
            return self.get_response(request)
        wanted = request.GET.get("next") or request.get_full_path()
        return HttpResponseRedirect(f"{own}?{urlencode({'next': wanted})}")
