"""Who comes to see their giving: a mailed link that works once, then a signed cookie for an hour. No password.

Asking does the same work for every address; whether we know it is found out later, by the worker.
"""

import hashlib
import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from donate import account, donors
from donate.letters import Letter
from donate.models import Donor, SignIn

log = logging.getLogger(__name__)

LINK_LASTS = timedelta(minutes=15)
LINKS_AT_ONCE = 3  # to one address within LINK_LASTS: nobody's mailbox is filled by a stranger
COOKIE = "giving"
COOKIE_SALT = "donate.signin"
COOKIE_SECONDS = 3600


def ask(email: str) -> None:
    """Notes the wish and leaves the rest to the worker."""
    with transaction.atomic():
        wish = SignIn.objects.create(
            email=email.strip().lower(), livemode=account.is_live(), asked_at=timezone.now()
        )
        transaction.on_commit(lambda: answer.enqueue(wish.pk), robust=True)


@task(queue_name="fast")
def answer(pk: int) -> None:
    send_link(pk)


def send_link(pk: int) -> None:
    """Mails the link where we know the address. A mail that fails is tried again by the clock, while it makes sense."""
    wish = SignIn.objects.filter(pk=pk, done_at=None, asked_at__gt=timezone.now() - LINK_LASTS).first()
    if wish is None:
        return
    donor = donors.known(wish.email, wish.livemode).filter(erased_at=None).first()
    if donor and not is_flooded(wish):
        token = secrets.token_urlsafe(24)
        SignIn.objects.filter(pk=pk).update(token_digest=digest(token))
        letter(f"{settings.SITE_URL}/giving/in/{token}/").to(donor.email).send()
    SignIn.objects.filter(pk=pk).update(done_at=timezone.now())


def letter(address: str) -> Letter:
    return Letter(
        subject=_("Your link to your giving"),
        heading=_("Your giving"),
        paragraphs=(
            _(
                "With this link you see your gifts, receipts and regular gifts. It works once, for 15 minutes."
            ),
        ),
        button=(_("Open your giving"), address),
        after=(_("If you did not ask for it, leave it: nobody can use it but you."),),
    )


def is_flooded(wish: SignIn) -> bool:
    since = wish.asked_at - LINK_LASTS
    earlier = SignIn.objects.filter(email=wish.email, asked_at__gt=since, token_digest__isnull=False)
    return earlier.exclude(pk=wish.pk).count() >= LINKS_AT_ONCE


def send_waiting() -> int:
    """The clock's part: wishes that the queue or the mail server lost."""
    waiting = SignIn.objects.filter(done_at=None, asked_at__gt=timezone.now() - LINK_LASTS)
    waiting = waiting.filter(asked_at__lt=timezone.now() - timedelta(minutes=1))
    for pk in list(waiting.values_list("pk", flat=True)[:100]):
        try:
            send_link(pk)
        except OSError as error:
            log.warning("A sign-in link was not sent: %s", type(error).__name__)
    return len(waiting)


def forget() -> int:
    """Addresses of those who asked are kept for a day."""
    return SignIn.objects.filter(asked_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_open(token: str) -> bool:
    return usable(token).exists()


def usable(token: str):
    return SignIn.objects.filter(
        token_digest=digest(token), used_at=None, asked_at__gt=timezone.now() - LINK_LASTS
    )


def use(token: str) -> Donor | None:
    """The donor behind a link, once; None for a link that is used, old or made up."""
    wish = usable(token).first()
    if wish is None or usable(token).update(used_at=timezone.now()) != 1:
        return None
    return donors.known(wish.email, wish.livemode).filter(erased_at=None).first()


# The cookie: on /giving/ alone, so that reading stays without ---------------------------------------------


def remember(response: HttpResponse, donor: Donor) -> None:
    response.set_signed_cookie(
        COOKIE,
        str(donor.pk),
        salt=COOKIE_SALT,
        max_age=COOKIE_SECONDS,
        path="/giving/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_cookie(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path="/giving/", samesite="Lax")


def donor_of(request: HttpRequest) -> Donor | None:
    """Who is signed in; nobody after an hour, after erasure, or with a cookie that is not ours."""
    pk = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE_SALT, max_age=COOKIE_SECONDS)
    if pk is None:
        return None
    return Donor.objects.filter(pk=pk, erased_at=None, livemode=account.is_live()).first()
