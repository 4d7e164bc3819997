"""Servers of one benchmark run: started on free ports of this machine, stopped by the process that started them."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
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
    log = TemporaryFile()  # noqa: SIM115 - closed below
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": PATHS} | (env or {}), stdout=log, stderr=log
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_for(origin + path, process, log)
        yield origin
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
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
        "--graceful-timeout", "5", "--log-level", "warning", "--pythonpath", f"{ROOT / 'site'},{ROOT}", module,
    ]  # fmt: skip


def nginx_static(folder: Path):
    """nginx on the files of a folder: the limit of what a machine can serve."""
    port = free_port()
    site = f"server {{ listen 127.0.0.1:{port}; root {folder}; default_type text/html; access_log off; }}"
    return running(nginx(folder, site), port)


def nginx_in_front(folder: Path, app: str, data: str):
    """nginx with our own file (deploy/nginx) before `app`; without TLS and limits per reader: all load is from one."""
    port, folder = free_port(), folder.absolute()
    text = (ROOT / "deploy" / "nginx" / "dateline.conf").read_text()
    for theirs, ours in {
        r"listen \[::\]:\d+[^;]*;|ssl_\w+ [^;]*;": "",
        r"listen 80;": f"listen 127.0.0.1:{free_port()};",
        r"listen 443 ssl http2;": f"listen 127.0.0.1:{port};",
        r"limit_req zone=[^;]*;": "",
        r"127\.0\.0\.1:8000": app.removeprefix("http://"),
        r"/var/log/nginx|/var/cache/nginx": str(folder),
        r"/var/lib/dateline": data,
    }.items():
        text, count = re.subn(theirs, ours, text)
        if not count:
            raise RuntimeError(f"deploy/nginx/dateline.conf no longer has {theirs!r}")
    return running(nginx(folder, text), port)


def nginx(folder: Path, site: str) -> list[str]:
    """Two processes, like the other servers."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log crit; user root;"
        f"events {{ worker_connections 1024; }} http {{ {paths} {site} }}"
    )
    return [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
