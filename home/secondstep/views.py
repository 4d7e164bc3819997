"""The code after the password; setting up, renewing and giving up an authenticator."""

from base64 import b32encode
from functools import wraps
from urllib.parse import quote

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as mark_verified

from home.models import OrganisationSettings
from home.secondstep import devices
from home.signin import count_failure, is_locked, say_locked


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}
        ),
    )


def for_person(view):
    """The view gets the person as `person`, whether the code has been given or not; strangers sign in first."""

    @wraps(view)
    @never_cache
    @sensitive_post_parameters()
    def view_for_person(request):
        person = request.user_before_second_step or request.user
        if not person.is_authenticated:
            return redirect("wagtailadmin_login")
        return view(request, person)

    return view_for_person


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def start(request, person):
    """Asks for the code, or leads to the set-up where there is no authenticator yet."""
    if request.user_before_second_step is None:
        return redirect("second_step:manage")
    if devices.authenticator_of(person) is None:
        return redirect(f"{reverse('second_step:setup')}?{request.GET.urlencode()}")
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        if is_locked(request, _door(person)):
            return say_locked(request)
        device = form.is_valid() and devices.verify(person, form.cleaned_data["code"])
        if device:
            _sign_in(request, person, device)
            return redirect(_wanted(request))
        count_failure(request, _door(person))
        if form.is_valid():
            form.add_error("code", _("This code is not right, or it has been used already."))
    return render(request, "home/second_step/code.html", {"form": form, "next": _wanted(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def setup(request, person):
    """Shows a secret as QR code and as text; a code made from it switches the second step on."""
    if devices.authenticator_of(person):
        return redirect("second_step:start")  # it goes against a code of its own: `switch_off`
    device = devices.unconfirmed_authenticator(person)
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("The six digits that the app shows now.")
    if request.method == "POST" and form.is_valid():
        if is_locked(request, _door(person)):
            return say_locked(request)
        if device.verify_token(form.cleaned_data["code"].replace(" ", "")):
            codes = devices.confirm(device)
            _sign_in(request, person, device)
            return _show_codes(request, codes)
        count_failure(request, _door(person))
        form.add_error("code", _("This code is not right. Is your phone's clock right?"))
    context = {"form": form, "qr": _qr(person, device), "secret": _secret(device), "next": _wanted(request)}
    return render(request, "home/second_step/setup.html", context)


@require_http_methods(["GET", "HEAD"])
@for_person
def manage(request, person):
    if request.user_before_second_step is not None:
        return redirect("second_step:start")
    context = {
        "is_on": devices.authenticator_of(person) is not None,
        "is_required": devices.is_required_of(person),
        "codes_left": devices.recovery_codes_left(person),
        "form": CodeForm(),
    }
    return render(request, "home/second_step/manage.html", context)


@require_POST
@for_person
def renew(request, person):
    """New recovery codes, against a code."""
    return _against_code(request, person, lambda: _show_codes(request, devices.new_recovery_codes(person)))


@require_POST
@for_person
def switch_off(request, person):
    """Against a code. Where the rules ask for a second step, the next page is the set-up of another one."""

    def off():
        devices.forget(person)
        messages.success(request, _("This authenticator opens nothing any more."))
        return redirect("second_step:manage")

    return _against_code(request, person, off)


@require_POST
def leave(request):
    """Out again, for who has given a password and cannot or will not give the code."""
    logout(request)
    return redirect("wagtailadmin_login")


def _against_code(request, person, act):
    if request.user_before_second_step is not None:
        return redirect("second_step:start")
    if is_locked(request, _door(person)):
        return say_locked(request)
    form = CodeForm(request.POST)
    if form.is_valid() and devices.verify(person, form.cleaned_data["code"]):
        return act()
    count_failure(request, _door(person))
    messages.error(request, _("This code is not right, or it has been used already."))
    return redirect("second_step:manage")


def _sign_in(request, person, device) -> None:
    """The session belongs to the person from here on, under a new key."""
    request.user, request.user_before_second_step = person, None
    mark_verified(request, device)
    request.session.cycle_key()


def _show_codes(request, codes):
    return render(request, "home/second_step/codes.html", {"codes": codes, "next": _wanted(request)})


def _wanted(request) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("wagtailadmin_home")


def _door(person) -> str:
    return f"second-step:{person.pk}"


def _secret(device) -> str:
    """The secret as people type it: base 32 in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def _qr(person, device) -> str:
    """The address that authenticator apps read, drawn as an SVG inside a data: address."""
    issuer = quote(OrganisationSettings.load().name)
    secret = _secret(device).replace(" ", "")
    address = (
        f"otpauth://totp/{issuer}:{quote(person.get_username())}?secret={secret}&issuer={issuer}&digits=6"
    )
    return segno.make(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
