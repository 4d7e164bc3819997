"""Servers of one benchmark run: started on free ports of this machine, stopped by the process that started them."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PATHS = os.pathsep.join((str(ROOT), str(ROOT / "site")))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(
    command: list[str], port: int, path: str = "/", env: dict[str, str] | None = None, folder: Path = ROOT
):
    """`command` as a process until the block ends; gives its origin once it answers on `path`."""
    log = open(Path(mkdtemp()) / "log", "w+b")  # noqa: SIM115 - closed below
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": PATHS} | (env or {}), stdout=log, stderr=log
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_for(origin + path, process, log)
        yield origin
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def wait_for(url: str, process: subprocess.Popen, log, seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5)  # noqa: S310 - this machine
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    log.seek(0)
    raise RuntimeError(f"{url} does not answer:\n{log.read().decode(errors='replace')[-3000:]}")


def granian(module: str, port: int, workers: int = 2) -> list[str]:
    return [
        str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning", "--working-dir", str(ROOT / "site"), module,
    ]  # fmt: skip


def gunicorn(module: str, port: int, workers: int = 2) -> list[str]:
    return [
        str(BIN / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "4",
        "--log-level", "warning", "--pythonpath", f"{ROOT / 'site'},{ROOT}", module,
    ]  # fmt: skip
