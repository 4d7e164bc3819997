"""Real background processes for tests, on a migrated database of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Site:
    """A site in a folder of its own: `.manage(...)` runs a command, `.start(...)` a process that goes on."""

    def __init__(self, folder: Path, **environment: str):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
            "DATABASE_URL": f"sqlite:///{folder / 'dateline.sqlite3'}",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
            **environment,
        }
        self.running: list[subprocess.Popen] = []

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            cwd=ROOT,
            check=check,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def start(self, *arguments: str) -> subprocess.Popen:
        return self.start_program(sys.executable, *arguments)

    def start_program(self, *command: str, talks: bool = False) -> subprocess.Popen:
        """`talks`: its standard input and output are pipes to the test."""
        output = (self.folder / f"{len(self.running)}.log").open("wb")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True} if talks else {}
        process = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, **({"stdout": output, "stderr": output} | pipes)
        )
        process.log = Path(output.name)
        self.running.append(process)
        return process

    def start_command(self, *arguments: str) -> subprocess.Popen:
        return self.start(str(ROOT / "manage.py"), *arguments)

    def python(self, code: str) -> str:
        """Runs code in the site and gives what it prints."""
        return self.manage("shell", "--verbosity", "0", "--command", code).stdout.strip()

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(condition: Callable[[], object], seconds: float = 30, what: str = "") -> object:
    """What the condition gives as soon as that is true; fails when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.1)
    raise AssertionError(f"Waited {seconds} s in vain{': ' + what if what else ''}")


CONSOLE = """
import contextlib, io, json, sys, traceback
scope = {}
for line in sys.stdin:
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), scope)
        answer = [True, said.getvalue()]
    except BaseException:
        answer = [False, traceback.format_exc()]
    print("ANSWER" + json.dumps(answer), flush=True)
"""


class Console:
    """A shell of a site that stays open: code runs at once, where `Site.python` starts a process each time."""

    def __init__(self, site: Site):
        self.process = site.start_program(
            sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", CONSOLE, talks=True
        )

    def python(self, code: str) -> str:
        """Runs code in the site and gives what it prints."""
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("ANSWER"):
                went_well, said = json.loads(line.removeprefix("ANSWER"))
                if not went_well:
                    raise AssertionError(said)
                return said.strip()
        raise AssertionError(self.process.log.read_text())
