"""The environment of all tests, set before Django reads its settings; import it first.

It wins over what a developer has exported, except for the few variables that choose where and on what the tests run.
"""

import os
import tempfile
from pathlib import Path

import postgres

ROOT = Path(__file__).resolve().parent.parent
# Workers of pytest-xdist inherit what their parent set, so the folder is remembered under a name of its own.
HERE = os.environ.get("DATA_DIR") or f"{tempfile.gettempdir()}/dateline-tests-{os.getuid()}"
FOLDER = Path(os.environ.setdefault("TESTS_DIR", f"{HERE}/tests"))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
if os.environ.get("DATABASE_URL", "").startswith("postgres"):
    WORKER += "-postgres"
# (DJANGO_SETTINGS_MODULE stands here and not in pyproject.toml: from there it would be read before this file.)
os.environ.update(
    DJANGO_SETTINGS_MODULE="settings",
    DEBUG="0",
    SECRET_KEY="for-tests-only-" + "x" * 40,
    SITE_URL="http://localhost",
    ALLOWED_HOSTS="localhost,testserver,127.0.0.1",
    DATA_DIR=str(FOLDER / WORKER),
    EMAIL_URL="memorymail://",
    DEFAULT_FROM_EMAIL="gifts@dateline.example",
    STRIPE_SECRET_KEY="sk_test_sandbox_sample",
    STRIPE_WEBHOOK_SECRETS="whsec_sandbox_sample",
    STRIPE_API_BASE="http://127.0.0.1:9",  # the sandbox fixture puts the real one in its place
    CACHE_URL="locmemcache://",
    GIVE_LIMITS="off",
    SEARCH_LIMIT="off",
    LANGUAGE_CODE="en",
    TIME_ZONE="UTC",
    CURRENCIES="USD,EUR,GBP",
)
for name in (
    "STORAGE_URL",
    "STRIPE_CHECKOUT_ORIGIN",
    "TRUSTED_PROXIES",
    "ONION_HOST",
    "SENTRY_DSN",
    "METRICS_TOKEN",
    "BACKUP_DIR",
):
    os.environ.pop(name, None)
# A real PostgreSQL that lives as long as this run: DATABASE_URL=postgres (or a whole address of one that is there).
if os.environ.get("DATABASE_URL") == "postgres":
    os.environ["DATABASE_URL"] = postgres.throwaway().url
