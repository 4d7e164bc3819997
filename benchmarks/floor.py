"""The framework's floor: a bare Django view that answers with a fixed text, without a middleware."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

BODY = b"x" * 12_000

if not settings.configured:
    settings.configure(
        SECRET_KEY="for-the-benchmark-only",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        DEBUG=False,
    )

urlpatterns = [path("", lambda request: HttpResponse(BODY))]
application = get_wsgi_application()
