"""`make run` and `make new`: prepares the site, starts all its processes together and stops them together."""

import argparse
import ctypes
import getpass
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from home.run_env import ROOT, RunEnv, current

READY_SECONDS = 90
NEEDED = ("web", "database", "migrations", "storage", "worker", "clock")  # checks that a start waits for
STOP_SECONDS = 20
FOR_ALL = {
    "PYTHONPATH": str(ROOT),
    "PYTHONUNBUFFERED": "1",
    # Memory of a picture or a large page goes back to the system when it is done with (as in deploy/systemd).
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "131072",
}


class Stopped(Exception):
    """Says in one line why the run is over."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m home.running")
    parser.add_argument("--new", action="store_true", help="an empty site: no demo, no sandbox")
    empty = parser.parse_args().new
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):  # a shell's background jobs ignore SIGINT
        signal.signal(name, interrupt)
    run = current()
    processes = Processes(run)
    try:
        run.settle(empty=empty)
        require_free_ports(run)
        prepare(run, processes, owner(run) if not run.has_demo else {})
        processes.start_site()
        welcome(run, troubles=wait_until_ready(run, processes))
        processes.watch()
    except Stopped as reason:
        sys.stderr.write(f"\n{reason}\n")
        return 1
    except KeyboardInterrupt:
        sys.stdout.write("\nStopping ...\n")
    finally:
        processes.stop()
    return 0


def interrupt(*_) -> None:
    raise KeyboardInterrupt


# Before the start ---------------------------------------------------------------------------------


def require_free_ports(run: RunEnv) -> None:
    port = int(run.lines["PORT"])
    for number in (port, port + 1) if run.has_sandbox else (port,):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((run.given.get("HOST", "127.0.0.1"), number))
            except OSError as error:
                raise Stopped(
                    f"Port {number} is taken ({error.strerror}): make run PORT=... chooses another."
                ) from error


def owner(run: RunEnv) -> dict[str, str]:
    """The organisation's name and its first administrator: from variables, else asked for; nothing when both are there."""
    if run.lines.get("OWNER") == "there":
        return {}
    questions = {
        "ORGANISATION": "Name of the organisation: ",
        "ADMIN_USERNAME": "User name of the first administrator: ",
        "ADMIN_EMAIL": "Their e-mail address: ",
        "ADMIN_PASSWORD": "Their password (at least 8 characters): ",
    }
    answers = {}
    for name, question in questions.items():
        answer = run.given.get(name, "").strip()
        if not answer and not sys.stdin.isatty():
            raise Stopped(f"{name} is missing: make new {' '.join(f'{n}=...' for n in questions)}")
        while not answer:
            answer = (getpass.getpass if name == "ADMIN_PASSWORD" else input)(question).strip()
        answers[name] = answer
    return answers


def prepare(run: RunEnv, processes: "Processes", answers: dict[str, str]) -> None:
    """Database, static files and content, in one command; the sandbox first, as demo gifts are made in it."""
    if run.has_sandbox:
        processes.start_sandbox()
        wait_for_port(int(run.lines["PORT"]) + 1, processes)
    arguments, extra = ["prepare_site"], dict(answers)
    if run.has_demo:
        arguments.append("--demo")
        for name in ("EDITOR_PASSWORD", "FUNDRAISER_PASSWORD", "ADMIN_PASSWORD"):
            extra[name] = run.once(f"DEMO_{name}", make_password)
    log = processes.log_file("prepare")
    with log.open("wb") as errors:  # the terminal shows the steps; what they log is in a file, like all logs
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={**run.environment, **extra},
            cwd=ROOT,
            stderr=errors,
        )
    if done.returncode:
        raise Stopped(
            "\n".join([*last_lines(log), "", "The site could not be prepared; the lines above say why."])
        )
    if answers:
        run.remember(OWNER="there")


def make_password() -> str:
    """Three groups that can be typed: 15 random letters and digits without look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))


# The processes ------------------------------------------------------------------------------------


class Processes:
    """What runs beside one another. When one ends, all end."""

    def __init__(self, run: RunEnv):
        self.run = run
        self.logs = run.folder / "logs"
        self.running: dict[str, subprocess.Popen] = {}

    def log_file(self, name: str) -> Path:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self.logs / f"{name}.log"

    def start(self, name: str, *command: str) -> None:
        with self.log_file(name).open("wb") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 - our own commands
                command,
                env={**self.run.environment, **FOR_ALL},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A terminal's Ctrl-C would reach them all at once; they are told in order, by us.
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one call into libc, no lock is held here
            )

    def start_command(self, name: str, *arguments: str) -> None:
        self.start(name, sys.executable, str(ROOT / "manage.py"), *arguments)

    def start_sandbox(self) -> None:
        port = int(self.run.lines["PORT"])
        webhook = f"http://127.0.0.1:{port}/giving/webhook/"
        self.start_command("sandbox", "stripe_sandbox", "--port", str(port + 1), "--webhook-url", webhook)

    def start_site(self) -> None:
        self.start_command("worker-fast", "db_worker", "--queue-name", "fast,default")
        self.start_command("worker-slow", "db_worker", "--queue-name", "slow")
        self.start_command("clock", "run_due", "--loop")
        self.start("web", *web_command(self.run))

    def ended(self) -> str | None:
        return next((name for name, process in self.running.items() if process.poll() is not None), None)

    def watch(self) -> None:
        """Waits for ever; raises when one has ended, or when `make` itself was killed."""
        parent = os.getppid()
        while os.getppid() == parent:
            self.complain()
            time.sleep(0.5)
        raise Stopped("The terminal is gone.")

    def complain(self) -> None:
        if name := self.ended():
            lines = last_lines(self.log_file(name))
            raise Stopped("\n".join([*lines, "", f"{name} has ended, so everything is stopped."]))

    def stop(self) -> None:
        """SIGTERM to all, so that requests and jobs are finished; SIGKILL to what does not end in time."""
        for process in reversed(self.running.values()):
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def web_command(run: RunEnv) -> list[str]:
    granian = Path(sys.executable).with_name("granian")
    return [
        str(granian),
        *("--interface", "wsgi", "--working-dir", "site", "--no-ws"),
        *("--host", run.given.get("HOST", "127.0.0.1"), "--port", run.lines["PORT"]),
        *("--workers", run.given.get("WEB_WORKERS", "1"), "--blocking-threads", "8"),
        *("--workers-kill-timeout", "15"),
        "wsgi:application",
    ]


def last_lines(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()[-15:]


def die_with_parent() -> None:
    """Linux: the child gets SIGTERM when we are killed without a chance to say so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


# Ready --------------------------------------------------------------------------------------------


def wait_for_port(port: int, processes: Processes) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        processes.complain()
        with socket.socket() as visitor:
            if visitor.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise Stopped(f"Nothing answers on port {port}.")


def wait_until_ready(run: RunEnv, processes: Processes, seconds: float = READY_SECONDS) -> list[str]:
    """Waits for what a start must bring. Gives what else is not well, such as webhooks: it is told, and stops nothing."""
    end = time.monotonic() + seconds
    troubles: dict[str, str] = {}
    while time.monotonic() < end:
        processes.complain()
        troubles = ask_ready(run)
        if troubles.keys().isdisjoint(NEEDED):
            return [f"{name}: {sentence}" for name, sentence in troubles.items()]
        time.sleep(0.3)
    raise Stopped(f"The site does not become ready: {troubles}")


def ask_ready(run: RunEnv) -> dict[str, str]:
    """The ready-check's answers that are not well."""
    host = re.sub(r"^https?://", "", run.environment["SITE_URL"])
    request = urllib.request.Request(  # noqa: S310 - http to this machine
        f"http://127.0.0.1:{run.lines['PORT']}/health/ready/", headers={"Host": host}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except OSError as error:
        return {"web": str(error)}
    try:
        checks = json.loads(body)["checks"]
    except (ValueError, KeyError, TypeError):
        return {"web": body.decode(errors="replace")[:500]}
    return {name: answer for name, answer in checks.items() if answer != "ok"}


def welcome(run: RunEnv, troubles: list[str]) -> None:
    site = run.environment["SITE_URL"]
    lines = ["", f"Dateline stands at {site}/   (admin: {site}/admin/)"]
    if run.has_demo:
        lines += [
            f"  editor's login      editor      {run.lines['DEMO_EDITOR_PASSWORD']}",
            f"  fundraiser's login  fundraiser  {run.lines['DEMO_FUNDRAISER_PASSWORD']}",
            f"  administrator       admin       {run.lines['DEMO_ADMIN_PASSWORD']}",
        ]
    if run.has_sandbox:
        lines.append(f"  payment sandbox     {run.lines['STRIPE_API_BASE']}/   (card 4242 4242 4242 4242)")
    elif not run.given.get("STRIPE_SECRET_KEY"):
        lines.append("  Giving is closed until STRIPE_SECRET_KEY is set: docs/operations.md")
    if run.lines["EMAIL_URL"].startswith("filemail:"):
        lines.append(f"  mails are written to {run.folder / 'mail'}")
    lines += [f"  not well yet        {trouble}" for trouble in troubles]
    lines += [f"  logs are in {run.folder / 'logs'}", "", "Ctrl-C stops everything.", ""]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
