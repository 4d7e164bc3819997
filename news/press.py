"""The press may write here without ever learning an address that could be collected: the site sends the letter on.

Nothing is kept: not who wrote, nor what. Where the mail server does not answer, the letter comes back as it was typed.
"""

import logging
from smtplib import SMTPException

from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from donate.origins import is_own_form
from donate.protection import Limit, spend
from home.models import OrganisationSettings
from home.network import client_network
from home.publication import public_pages
from news.models import RegionPage, StoryPage

log = logging.getLogger(__name__)

FROM_ONE_NETWORK = Limit(6, 3600)
FROM_ALL = Limit(60, 3600)


class PressForm(forms.Form):
    name = forms.CharField(max_length=100)
    outlet = forms.CharField(max_length=100, required=False)
    email = forms.EmailField(max_length=254)
    deadline = forms.CharField(max_length=100, required=False)
    message = forms.CharField(max_length=5000)
    website = forms.CharField(max_length=200, required=False)  # people never see it


@csrf_exempt  # the form sets no cookie: is_own_form takes the cookie's place
@require_http_methods(["GET", "HEAD", "POST"])
def press(request: HttpRequest) -> HttpResponse:
    """A letter to whoever answers the press; `?story=` and `?region=` say what it is about."""
    story, region, address = addressee(request)
    form = PressForm(request.POST if request.method == "POST" else None)
    status, sentence = 200, ""
    if request.method == "POST":
        status, sentence = deliver(request, form, story, address)
        if status == 303:
            response = redirect(f"{request.path}?sent=1")
            response.status_code = 303
            return response
    # Only what was understood goes back into the form: the address may hold anything.
    about = f"story={story.slug}" if story else f"region={region.path_below_regions}" if region else ""
    context = {"form": form, "story": story, "about": about, "address": address, "sentence": sentence}
    return render(request, "news/press.html", context | {"sent": "sent" in request.GET}, status=status)


def addressee(request: HttpRequest) -> tuple[StoryPage | None, RegionPage | None, str]:
    """The story that is asked about, its region or the one asked about, and whom that one's letters go to."""
    slug, path = (request.GET.get(name, "").replace("\x00", "") for name in ("story", "region"))
    story = public_pages(StoryPage).filter(slug=slug).select_related("region").first() if slug else None
    if story:
        region = story.region
    else:
        region = public_pages(RegionPage).filter(url_path__endswith=f"/regions/{path}/").first()
    address = (region.press_contact if region else "") or OrganisationSettings.load(request).press_email
    if not address:
        raise Http404("Nobody answers the press")
    return story, region, address


def deliver(request: HttpRequest, form: PressForm, story: StoryPage | None, address: str) -> tuple[int, str]:
    """The status of the answer and what to say; 303 when the letter is on its way."""
    if not is_own_form(request):
        return 403, _("The form came from another site.")
    if not form.is_valid():
        return 400, ""
    network = client_network(request)
    if (network and not spend("press", network, FROM_ONE_NETWORK)) or not spend("press", "all", FROM_ALL):
        return 429, _(
            "Many letters have come within an hour. Please send yours by email, or try again later."
        )
    if form.cleaned_data["website"]:
        return 303, ""  # a machine: it need not know that nobody reads this
    try:
        letter(form.cleaned_data, story, address).send()
    except (OSError, SMTPException) as error:
        log.error("A letter from the press could not be sent: %s", type(error).__name__)
        return 503, _("Your letter could not be sent just now. Please try again, or send it by email.")
    return 303, ""


def letter(data: dict, story: StoryPage | None, address: str) -> EmailMessage:
    about = [story.title, settings.SITE_URL + story.get_url_parts()[2]] if story else []
    who = [data["name"], data["outlet"], data["email"]]
    deadline = [_("Deadline: %(when)s") % {"when": data["deadline"]}] if data["deadline"] else []
    lines = [*about, "", *filter(None, who), *deadline, "", data["message"]]
    subject = " ".join((story.title if story else _("A question from the press")).split())
    return EmailMessage(
        subject=_("Press: %(about)s") % {"about": subject},
        body="\n".join(lines).strip(),
        to=[address],
        reply_to=[data["email"]],
    )
