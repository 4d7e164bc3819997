"""A throw-away PostgreSQL on loopback, run as an ordinary user even when the tests run as root."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import psycopg

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "jit": "off",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
}


def binaries() -> Path | None:
    """The folder that holds initdb and pg_ctl, or None where no PostgreSQL server is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def ordinary_user() -> str | None:
    """Whom to run as: PostgreSQL refuses root. None: whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise RuntimeError("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody.")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def has_database(server: str, name: str) -> bool:
    """Is there a database `name` beside the one at the address `server`?"""
    with psycopg.connect(server) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


class Server:
    """A PostgreSQL that is there, by the address of one of its databases."""

    def __init__(self, url: str):
        self.url = url

    def new_database(self, name: str) -> str:
        """Makes an empty database and gives its address."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"{self.url.rpartition('/')[0]}/{name}"

    def refuse(self, name: str, refused: bool) -> None:
        """One database is gone for everybody, or is there again; the others do not notice."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not refused}')
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


class Cluster(Server):
    """One of our own, with its own folder, which goes when the tests end.

    It forgets the last moments when it stops, unless `synchronous_commit="on"` is among the settings given.
    """

    def __init__(self, **settings: str):
        self.settings = {**SETTINGS, **settings}
        self.bin, self.user, self.port = binaries(), ordinary_user(), free_port()
        if self.bin is None:
            raise RuntimeError("No PostgreSQL server found: apt-get install postgresql")
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-"))
        if self.user:
            shutil.chown(self.folder, self.user)
        self.data = self.folder / "data"
        self._run(
            "initdb", "-D", self.data, "-U", "dateline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
        self.start()
        super().__init__(f"postgres://dateline@127.0.0.1:{self.port}/postgres")
        self.url = self.new_database("dateline")

    def start(self) -> None:
        options = {**self.settings, "port": self.port, "unix_socket_directories": self.folder}
        words = " ".join(f"-c {name}={value}" for name, value in options.items())
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", words, "start")

    def stop(self) -> None:
        """At once, dropping every connection, as a crash would."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        subprocess.run(
            self._command("pg_ctl", "-D", self.data, "-m", "immediate", "stop"), capture_output=True
        )
        shutil.rmtree(self.folder, ignore_errors=True)

    def _command(self, program: str, *arguments) -> list[str]:
        return [str(self.bin / program), *map(str, arguments)]

    def _run(self, program: str, *arguments) -> None:
        # pg_ctl's server inherits the pipes, so output goes to a file: reading a pipe would wait for ever.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                self._command(program, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                **(
                    {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
                    if self.user
                    else {}
                ),
            )
            output.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")


@cache
def throwaway() -> Cluster:
    """The cluster of this process, made when first asked for."""
    cluster = Cluster()
    atexit.register(cluster.remove)
    return cluster
