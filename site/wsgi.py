"""Serve with `granian --interface wsgi --working-dir site wsgi:application` or gunicorn; see docs/operations.md."""

import gc
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

gc.disable()  # until all is loaded
SITE = Path(__file__).resolve().parent
for folder in (str(SITE.parent), str(SITE)):
    if folder not in sys.path:
        sys.path.insert(0, folder)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

try:
    application = get_wsgi_application()
except (ImproperlyConfigured, ValueError) as error:
    sys.exit(f"Dateline cannot start: {error}")

from django.conf import settings  # noqa: E402 - readable only now

from home.metrics import PAGE_CACHE_HITS, forget_dead_processes  # noqa: E402
from home.pagecache.layer import PageCache  # noqa: E402

forget_dead_processes()

# What stands by now is never garbage. Looking through all of it made a request wait for 0.15 s now and then.
gc.collect()
gc.freeze()
gc.enable()

if not settings.DEBUG:
    application = PageCache(application, on_hit=PAGE_CACHE_HITS.inc)
