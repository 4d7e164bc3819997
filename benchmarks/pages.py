"""How fast pages reach readers: ours cached and uncached, beside the framework's floor, nginx and stock Wagtail."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from benchmarks import servers
from benchmarks.load import CONNECTIONS, Load, measure
from benchmarks.row import Row

AS_BROWSERS = {"Accept-Encoding": "gzip, deflate, br"}
# The page cache leaves requests that carry this header to Django.
UNCACHED = {"Authorization": "none"}
FEW = 8  # connections to pages that Django renders, as many as there are threads: queueing is not what is measured
NGINX, STOCK = "nginx, the same bytes", "story, stock Wagtail, granian"
PAIRS = {
    "bare Django view, granian": (NGINX, ""),
    "bare Django view, gunicorn": (NGINX, ""),
    "story, cached, our nginx file in front": (NGINX, ">= 0.80"),
    "story, cached, granian": (NGINX, ">= 0.25"),
    "story, cached, gunicorn": (NGINX, ""),
    "story, uncached, granian": (STOCK, ">= 3"),
    "story, uncached, gunicorn": (STOCK, ""),
    "newsroom, cached": ("newsroom, uncached", ""),
    "give page": ("newsroom, uncached", ""),
    "search": ("newsroom, uncached", ""),
}


def run(options) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="dateline-bench-"))
    try:
        return compare(folder, options.seconds, options.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def compare(folder: Path, seconds: float, rounds: int) -> list[Row]:
    env = prepare(folder)
    with ExitStack() as stack:
        origins = start(stack, env)
        story = story_path(origins["granian"])
        (folder / "static").mkdir()
        (folder / "static" / "index.html").write_bytes(fetch(origins["granian"] + story, AS_BROWSERS))
        origins["nginx"] = stack.enter_context(servers.nginx_static(folder / "static"))
        front = servers.nginx_in_front(folder / "front", origins["granian"], env["DATA_DIR"])
        origins["front"] = stack.enter_context(front)
        targets = {
            NGINX: (origins["nginx"] + "/", AS_BROWSERS),
            "bare Django view, granian": (origins["floor granian"] + "/", AS_BROWSERS),
            "bare Django view, gunicorn": (origins["floor gunicorn"] + "/", AS_BROWSERS),
            "story, cached, our nginx file in front": (origins["front"] + story, AS_BROWSERS),
            "story, cached, granian": (origins["granian"] + story, AS_BROWSERS),
            "story, cached, gunicorn": (origins["gunicorn"] + story, AS_BROWSERS),
            "story, uncached, granian": (origins["granian"] + story, UNCACHED),
            "story, uncached, gunicorn": (origins["gunicorn"] + story, UNCACHED),
            STOCK: (origins["stock"] + story, UNCACHED),
            "newsroom, cached": (origins["granian"] + "/news/", AS_BROWSERS),
            "newsroom, uncached": (origins["granian"] + "/news/", UNCACHED),
            "give page": (origins["granian"] + "/give/", UNCACHED),
            "search": (origins["granian"] + "/search/?q=water", UNCACHED),
        }
        # Several times: each process of a server loads its addresses and templates with its first request.
        without_length = {name for name, one in list(targets.items()) * 8 if not says_its_length(*one)}
        without_length = {name for name in without_length if not name.startswith("bare Django")}
        return [
            *rows(interleave(targets, seconds, rounds)),
            Row("answers without Content-Length", len(without_length), "of all these", target="0"),
        ]


def prepare(folder: Path) -> dict[str, str]:
    """A site with the demo's stories, in a folder of its own."""
    env = {
        "DATA_DIR": str(folder / "data"),
        "SECRET_KEY": "for-the-benchmark-only-" + "x" * 40,
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SEARCH_LIMIT": "off",
        "GIVE_LIMITS": "off",
    }
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["load_demo"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=servers.ROOT,
            env=os.environ | env,
            check=True,
            stdout=sys.stderr,
        )
    return env


def start(stack: ExitStack, env: dict[str, str]) -> dict[str, str]:
    """Each server on a port of its own: {name: origin}."""
    commands = {
        "granian": (servers.granian, "wsgi:application"),
        "gunicorn": (servers.gunicorn, "wsgi:application"),
        "floor granian": (servers.granian, "benchmarks.floor:application"),
        "floor gunicorn": (servers.gunicorn, "benchmarks.floor:application"),
        "stock": (servers.granian, "benchmarks.stock:application"),
    }
    origins = {}
    for name, (server, module) in commands.items():
        port = servers.free_port()
        origins[name] = stack.enter_context(servers.running(server(module, port), port, env=env))
    return origins


def story_path(origin: str) -> str:
    """The first story that the newsroom links to."""
    return re.search(r'href="(/news/(?!feed/)[\w-]+/)"', fetch(origin + "/news/").decode())[1]


def fetch(url: str, headers: dict[str, str] | None = None) -> bytes:
    request = urllib.request.Request(url, headers=headers or {})  # noqa: S310 - this machine
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return answer.read()


def says_its_length(url: str, headers: dict[str, str]) -> bool:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - this machine
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return answer.headers["Content-Length"] == str(len(answer.read()))


def interleave(targets: dict, seconds: float, rounds: int) -> dict[str, Load]:
    """Every target in every round; of each the median run."""
    loads: dict[str, list[Load]] = {name: [] for name in targets}
    for number in range(rounds):
        for name, (url, headers) in targets.items():
            print(f"   round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            connections = CONNECTIONS if headers is AS_BROWSERS else FEW
            measure(url, 1, connections, headers)
            loads[name].append(measure(url, seconds, connections, headers))
    return {
        name: sorted(runs, key=lambda load: load.per_second)[len(runs) // 2] for name, runs in loads.items()
    }


def rows(loads: dict[str, Load]) -> list[Row]:
    found = []
    for name, load in loads.items():
        against, target = PAIRS.get(name, ("", ""))
        ratio = load.per_second / max(loads[against].per_second, 0.1) if against else None
        found.append(Row(name, load.per_second, "requests/s", against, ratio, target))
        found.append(Row(f"{name}: p99", load.p99_ms, "ms"))
        if load.failed:
            found.append(Row(f"{name}: failed", load.failed, "requests", target="0"))
    return found
