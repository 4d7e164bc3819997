"""How fast pages reach readers: ours cached and uncached, beside the framework's floor, nginx and stock Wagtail."""

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from benchmarks import servers
from benchmarks.load import Load, measure
from benchmarks.row import Row

# The page cache leaves requests that carry this header to Django.
UNCACHED = {"Authorization": "none"}
NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder}; default_type text/html;
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


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
        origins["nginx"] = stack.enter_context(nginx(folder, fetch(origins["granian"] + story)))
        targets = {
            "nginx, the same bytes": (origins["nginx"] + "/", {}),
            "bare Django view, granian": (origins["floor granian"] + "/", {}),
            "bare Django view, gunicorn": (origins["floor gunicorn"] + "/", {}),
            "story, cached, granian": (origins["granian"] + story, {}),
            "story, cached, gunicorn": (origins["gunicorn"] + story, {}),
            "story, uncached": (origins["granian"] + story, UNCACHED),
            "story, stock Wagtail": (origins["stock"] + story, {}),
            "newsroom, cached": (origins["granian"] + "/news/", {}),
            "newsroom, uncached": (origins["granian"] + "/news/", UNCACHED),
            "give page, uncached": (origins["granian"] + "/give/", {}),
            "search": (origins["granian"] + "/search/?q=water", {}),
        }
        return rows(interleave(targets, seconds, rounds))


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


def nginx(folder: Path, page: bytes):
    port = servers.free_port()
    (folder / "index.html").write_bytes(page)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    folder.chmod(0o755)
    return servers.running(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], port)


def story_path(origin: str) -> str:
    """The first story that the newsroom links to."""
    page = fetch(origin + "/news/").decode()
    return next(part.split('"')[0] for part in page.split('<h3><a href="')[1:])


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - this machine
        return answer.read()


def interleave(targets: dict, seconds: float, rounds: int) -> dict[str, Load]:
    """Every target in every round; of each the median run."""
    loads: dict[str, list[Load]] = {name: [] for name in targets}
    for number in range(rounds):
        for name, (url, headers) in targets.items():
            print(f"   round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            measure(url, 1, headers=headers)
            loads[name].append(measure(url, seconds, headers=headers))
    return {
        name: sorted(runs, key=lambda load: load.per_second)[len(runs) // 2] for name, runs in loads.items()
    }


def rows(loads: dict[str, Load]) -> list[Row]:
    pairs = {
        "story, cached, granian": ("nginx, the same bytes", ">= 0.25"),
        "story, cached, gunicorn": ("nginx, the same bytes", ""),
        "bare Django view, granian": ("nginx, the same bytes", ""),
        "bare Django view, gunicorn": ("nginx, the same bytes", ""),
        "story, uncached": ("story, stock Wagtail", ">= 3"),
        "newsroom, cached": ("newsroom, uncached", ""),
        "search": ("newsroom, uncached", ""),
        "give page, uncached": ("newsroom, uncached", ""),
    }
    found = []
    for name, load in loads.items():
        against, target = pairs.get(name, ("", ""))
        ratio = load.per_second / loads[against].per_second if against else None
        found.append(Row(name, load.per_second, "requests/s", against, ratio, target))
        found.append(Row(f"{name}: p99", load.p99_ms, "ms"))
        if load.failed:
            found.append(Row(f"{name}: failed", load.failed, "requests", target="0"))
    return found
