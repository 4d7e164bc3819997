"""A breaking story: fifty readers while an editor publishes a new version every second. No error, nothing stale."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import servers
from benchmarks.load import measure
from benchmarks.pages import fetch, prepare, story_path
from benchmarks.row import Row

READERS = 50
EDITOR = """
import time
from news.models import StoryPage
story = StoryPage.objects.get(slug={slug!r})
for number in range(1, {times} + 1):
    begun = time.monotonic()
    story.title = f"Version {{number}} of the story"
    story.save_revision().publish()
    print(number, time.time(), flush=True)
    time.sleep(max(0, 1 - (time.monotonic() - begun)))
"""


def run(options) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="dateline-bench-"))
    try:
        env = prepare(folder)
        port = servers.free_port()
        with servers.running(servers.granian("wsgi:application", port), port, env=env) as origin:
            return publish_and_read(origin, env, seconds=max(5, round(options.seconds * 3)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish_and_read(origin: str, env: dict[str, str], seconds: int) -> list[Row]:
    path = story_path(origin)
    code = EDITOR.format(slug=path.strip("/").split("/")[-1], times=seconds + 3)
    editor = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=servers.ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        text=True,
    )
    lags: list[float] = []
    watcher = threading.Thread(target=watch, args=(editor, origin + path, lags))
    watcher.start()
    while not lags and editor.poll() is None:
        time.sleep(0.05)
    load = measure(origin + path, seconds, connections=READERS)
    watcher.join()
    editor.wait()
    return [
        Row("breaking story: readers", load.per_second, "requests/s"),
        Row("breaking story: p50", load.p50_ms, "ms"),
        Row("breaking story: p99", load.p99_ms, "ms", "its p50", load.p99_ms / load.p50_ms, "<= 10"),
        Row("breaking story: failed", load.failed, "requests", target="0"),
        Row("breaking story: slowest to be seen", max(lags) * 1000, "ms", target="<= 1000"),
    ]


def watch(editor: subprocess.Popen, url: str, lags: list[float]) -> None:
    """After each publication, how long until readers see that version or a later one; seconds."""
    for line in editor.stdout:
        number, published_at = line.split()
        while True:
            found = re.search(r"Version (\d+) of the story", fetch(url).decode())
            if found and int(found[1]) >= int(number):
                break
            time.sleep(0.005)
        lags.append(max(0.0, time.time() - float(published_at)))
