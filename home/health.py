"""Is the site alive, and is it ready to serve? Other floors add their own questions from their apps.py.

A check is a function without arguments: None when all is well, else a short sentence without personal data.
"""

import logging
import time
import uuid
from collections.abc import Callable
from functools import cache

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)

Check = Callable[[], str | None]
checks: dict[str, Check] = {}
last_stored: dict[str, float] = {}


def register(name: str, check: Check) -> None:
    checks[name] = check


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of the database: a restart does not mend a database."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when every check is well, else 503 with what is not."""
    answers = run_checks()
    well = all(answer == "ok" for answer in answers.values())
    return JsonResponse(
        {"status": "ready" if well else "not ready", "checks": answers}, status=200 if well else 503
    )


def run_checks() -> dict[str, str]:
    """Every check's answer. Without a database the others are not asked: each would wait in vain."""
    answers = {"database": ask(check_database)}
    if answers["database"] != "ok":
        return answers
    answers["migrations"] = ask(check_migrations)
    answers["storage"] = ask(check_storage)
    if answers["migrations"] == "ok":
        answers |= {name: ask(check) for name, check in checks.items()}
    return answers


def ask(check: Check) -> str:
    try:
        return check() or "ok"
    except Exception as error:  # noqa: BLE001 - whatever fails, the answer is "not ready", never a stack
        log.warning("A health check failed", extra={"check": check.__name__}, exc_info=True)
        return f"failed: {type(error).__name__}"


def check_database() -> str | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "no connection"
    return None


@cache
def migrations_on_disk() -> frozenset[tuple[str, str]]:
    """What this process's code knows; it cannot change while the process lives."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def pending_migrations() -> list[tuple[str, str]]:
    return sorted(migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations()))


def check_migrations() -> str | None:
    pending = pending_migrations()
    return f"{len(pending)} pending" if pending else None


def check_storage() -> str | None:
    """Writes and removes a small file where uploads go; object stores are asked once a minute only."""
    for alias in ("default", "private"):
        storage, moment = storages[alias], time.monotonic()
        if not isinstance(storage, FileSystemStorage) and moment - last_stored.get(alias, -60) < 60:
            continue
        storage.delete(storage.save(f"ready-{uuid.uuid4().hex}", ContentFile(b"ok")))
        last_stored[alias] = moment
    return None
