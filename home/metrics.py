"""Figures in Prometheus' text format at /metrics/, for who holds METRICS_TOKEN.

Each process writes its counts into a file of its own below DATA_DIR/metrics (the library's way for several processes);
figures that the database knows are asked for when somebody looks. Other floors register theirs from apps.py.
"""

import hmac
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from home.heartbeats import roles
from home.models import Heartbeat

# The library decides at its import whether it counts over processes.
FOLDER = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(settings.DATA_DIR / "metrics")))
FOLDER.mkdir(parents=True, exist_ok=True)

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

Figures = Iterable[tuple[dict[str, str], float]]  # labels and value

REQUESTS = Histogram(
    "dateline_request_seconds",
    "Time of requests that Django answered; search and webhook intake are views of their own.",
    ["view", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PAGE_CACHE_HITS = Counter(
    "dateline_page_cache_hits", "Requests that were answered by the page cache, without Django."
)
METHODS = {"GET", "HEAD", "POST"}
gauges: dict[str, tuple[str, Callable[[], Figures]]] = {}


def register(name: str, meaning: str, ask: Callable[[], Figures]) -> None:
    """`ask` gives (labels, value) pairs; it is called when the figures are read."""
    gauges[name] = (meaning, ask)


def observe_request(view: str, method: str, status: int, seconds: float) -> None:
    method = method if method in METHODS else "other"  # strangers must not make labels without end
    REQUESTS.labels(view, method, f"{status // 100}xx").observe(seconds)


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The figures; without the right token there is no such page."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Http404
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(FOLDER))
    registry.register(FromDatabase())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


class FromDatabase:
    """The registered figures; one that cannot be had is left out, the others are shown."""

    def collect(self):
        for name, (meaning, ask) in gauges.items():
            try:
                figures = list(ask())
            except DatabaseError:
                continue
            labels = list(figures[0][0]) if figures else []
            family = GaugeMetricFamily(name, meaning, labels=labels)
            for names, value in figures:
                family.add_metric(list(names.values()), value)
            yield family


def forget_dead_processes() -> None:
    """Takes away the files of processes that are gone; called when a web process starts."""
    for file in FOLDER.glob("*_*.db"):
        process = file.stem.rpartition("_")[2]
        if process.isdigit() and not Path(f"/proc/{process}").exists() and Path("/proc").exists():
            file.unlink(missing_ok=True)


def tasks_waiting() -> Figures:
    waiting = DBTaskResult.objects.filter(status="READY").values_list("queue_name").annotate(Count("pk"))
    counts = dict.fromkeys(settings.TASKS["default"]["QUEUES"], 0) | dict(waiting.order_by())
    return [({"queue": queue}, count) for queue, count in counts.items()]


def seconds_since_beat() -> Figures:
    beats = dict(Heartbeat.objects.values_list("role").annotate(Max("beat_at")).order_by())
    now = timezone.now()
    return [({"role": role}, (now - beats[role]).total_seconds()) for role in roles() if role in beats]


register("dateline_tasks_waiting", "Tasks in each queue that no worker has taken yet.", tasks_waiting)
register(
    "dateline_heartbeat_age_seconds",
    "Since a worker or the clock last said that it lives.",
    seconds_since_beat,
)
