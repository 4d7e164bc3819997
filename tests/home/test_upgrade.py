"""deploy/upgrade for real: from an earlier database forward, and back again when the new release does not start."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from postgres import free_port
from processes import ROOT, Site

pytestmark = [pytest.mark.slow]
IGNORED = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", "tests", ".pytest_cache", "node_modules"
)

# What systemd does on a server: ends what runs, starts what `current` points at.
RESTART = """#!/bin/bash
for pid in $(cat {folder}/pids 2>/dev/null); do kill "$pid" 2>/dev/null; while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; done
: >{folder}/pids
set -a; . {folder}/dateline.env; set +a
cd {folder}/current
start() {{ setsid "$@" >>{folder}/site.log 2>&1 </dev/null & echo $! >>{folder}/pids; }}
export PYTHONPATH={folder}/current
start .venv/bin/granian --interface wsgi --working-dir site --no-ws --port {port} --blocking-threads 2 wsgi:application
start .venv/bin/python manage.py db_worker --queue-name '*'
start .venv/bin/python manage.py run_due --loop
"""


class Server:
    """A folder like /opt/dateline, with a repository to upgrade from."""

    def __init__(self, folder: Path, site: Site):
        self.folder, self.site, self.port = folder, site, free_port()
        self.source = folder / "source"
        shutil.copytree(ROOT, self.source, ignore=IGNORED)
        self.git("init", "--quiet", "--initial-branch=main")
        self.first = self.commit("first")
        environment = {
            "SECRET_KEY": "for-tests-only-" + "y" * 40,
            "SITE_URL": f"http://localhost:{self.port}",
            "DATA_DIR": str(site.folder),
            "DATABASE_URL": site.environment["DATABASE_URL"],
            "BACKUP_DIR": str(folder / "backups"),
        }
        (folder / "dateline.env").write_text(
            "".join(f"{name}='{value}'\n" for name, value in environment.items())
        )
        (folder / "restart").write_text(RESTART.format(folder=folder, port=self.port))
        (folder / "restart").chmod(0o755)

    def git(self, *arguments: str) -> str:
        command = [
            "git",
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@dateline.example",
            "-C",
            str(self.source),
            *arguments,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, words: str) -> str:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", words)
        return self.git("rev-parse", "--short=12", "HEAD")

    def upgrade(self, revision: str, ready_seconds: int = 60) -> subprocess.CompletedProcess:
        return self.deploy("upgrade", revision, READY_SECONDS=str(ready_seconds))

    def deploy(self, script: str, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        """One of the scripts of deploy/, as root runs it on a server."""
        return subprocess.run(
            ["bash", str(ROOT / "deploy" / script), *arguments],
            env={
                "PATH": os.environ["PATH"],
                "DATELINE_ROOT": str(self.folder),
                "ENV_FILE": str(self.folder / "dateline.env"),
                "RUN_AS": subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip(),
                "RESTART": str(self.folder / "restart"),
                "READY": f"http://127.0.0.1:{self.port}/health/ready/",
                "VENV": str(Path(sys.executable).parent.parent),
                "OFFLINE": "1",
                **more,
            },
            capture_output=True,
            text=True,
            timeout=900,
        )

    @property
    def current(self) -> str:
        return (self.folder / "current").resolve().name

    def stop(self) -> None:
        for pid in (self.folder / "pids").read_text().split() if (self.folder / "pids").exists() else []:
            try:
                os.kill(int(pid), signal.SIGTERM)
            except ProcessLookupError:
                continue


@pytest.fixture
def server(own_site, collected_static, tmp_path):
    shutil.copytree(collected_static, own_site.folder / "static")
    server = Server(tmp_path / "server", own_site)
    yield server
    server.stop()


def test_an_upgrade_from_an_earlier_database_and_one_that_goes_back(server):
    server.site.manage("migrate", "home", "0003", "--verbosity", "0")  # the database of an earlier release

    first = server.upgrade(server.first)

    assert first.returncode == 0, first.stdout + first.stderr
    assert server.current == server.first and "is ready." in first.stdout
    assert "No planned migration operations" in server.deploy("manage", "migrate", "--plan").stdout

    (server.source / "site/wsgi.py").write_text("raise SystemExit('broken release')\n")
    broken = server.upgrade(server.commit("broken"), ready_seconds=15)

    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert server.current == server.first and "is ready again" in broken.stdout
    assert len(list((server.folder / "backups").glob("*/manifest.json"))) == 1

    (server.source / "site/settings.py").write_text("syntax error here\n")
    unchecked = server.upgrade(server.commit("does not even start"))

    assert unchecked.returncode != 0 and "Switching over" not in unchecked.stdout
    assert server.current == server.first

    same = server.upgrade(server.first)
    assert same.returncode == 0 and "running already" in same.stdout
    assert server.upgrade("nonsense").returncode == 2
