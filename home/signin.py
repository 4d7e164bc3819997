"""Every door with a password: the same limits, counted in the database that all processes share.

Five wrong passwords for one account from one network close that account to that network for a quarter of an hour;
the same account stays open from everywhere else, so nobody can lock its owner out. Fifty wrong passwords from one
network, for whichever accounts, close every door to that network. Whether an account exists changes neither the
words nor the work done.
"""

from functools import wraps
from urllib.parse import urlsplit

from axes.attempts import get_cool_off_threshold
from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_tasks import task
from wagtail.admin.views.account import PasswordResetView, get_password_reset_form

from home.network import client_network


class LimitBackend(AxesStandaloneBackend):
    """First of the authentication backends; signs nobody in."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if request is None:  # a command or a test, not a door
            return None
        return super().authenticate(request, username=username, password=password, **kwargs)


class LimitHandler(AxesDatabaseHandler):
    """The limit on account and network together, and the wider one on a network."""

    def is_locked(self, request, credentials=None):
        return super().is_locked(request, credentials) or self._network_is_locked(request)

    def _network_is_locked(self, request) -> bool:
        if not request.axes_ip_address:
            return False
        recent = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
        )
        failures = recent.aggregate(n=Sum("failures_since_start"))["n"] or 0
        return failures >= settings.SIGN_IN_FAILURES_PER_NETWORK


def counted_address(request: HttpRequest) -> str | None:
    """The first address of the client's network, which stands for it in the attempts table."""
    return client_network(request).partition("/")[0] or None


def say_locked(request, original_response=None, credentials=None) -> HttpResponse:
    return render(request, "home/locked.html", {"minutes": settings.SIGN_IN_PAUSE_MINUTES}, status=429)


def is_locked(request: HttpRequest, door: str) -> bool:
    return not AxesProxyHandler.is_allowed(request, {"username": door})


def count_failure(request: HttpRequest, door: str) -> None:
    user_login_failed.send(sender=__name__, credentials={"username": door}, request=request)


def limited(view):
    """Wagtail's password forms of private pages and collections, with the limits of a sign-in.

    Such a form that is shown again after a POST (status 200) has been given a wrong password.
    """

    @wraps(view)
    def limited_view(request, restriction_id, **more):
        door = f"{view.__module__}:{restriction_id}"
        if request.method != "POST":
            return view(request, restriction_id, *more.values())
        if is_locked(request, door):
            return say_locked(request)
        response = view(request, restriction_id, *more.values())
        if response.status_code == 200:
            count_failure(request, door)
        return response

    return limited_view


class QuietPasswordResetView(PasswordResetView):
    """Answers before any mail is written: else the time it takes tells who has an account."""

    def form_valid(self, form):
        door = "password-reset"
        if is_locked(self.request, door):
            return say_locked(self.request)
        count_failure(self.request, door)  # every request counts, so that nobody's mailbox is flooded
        send_password_reset.enqueue(email=form.cleaned_data["email"])
        return redirect(self.get_success_url())


@task(queue_name="fast")
def send_password_reset(email: str) -> None:
    form = get_password_reset_form()({"email": email})
    if form.is_valid():
        form.save(
            domain_override=urlsplit(settings.SITE_URL).netloc,
            use_https=settings.SITE_URL.startswith("https://"),
            subject_template_name=PasswordResetView.subject_template_name,
            email_template_name=PasswordResetView.email_template_name,
        )
