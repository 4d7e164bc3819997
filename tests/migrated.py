"""Migrated databases, made once for a state of the migrations and then copied: migrating costs more than most tests."""

import os
import subprocess
import sys
from pathlib import Path

import postgres
from clean_database import fingerprint
from environment import FOLDER, ROOT
from made_once import made_once


def sqlite_file() -> Path:
    """A SQLite file as migrations leave it; copy it."""
    file = FOLDER / f"migrated_{fingerprint()}.sqlite3"
    with made_once(file) as part:
        if part:
            migrate(f"sqlite:///{part}")
    return file


def on_postgres(server: str, name: str) -> str:
    """Makes the database `name` beside the one at the address `server`, as migrations leave it; gives its address."""
    file, url = postgres_dump(server), f"{server.rpartition('/')[0]}/{name}"
    run("createdb", f"--maintenance-db={server}", name)
    run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={file}", url)
    return url


def postgres_dump(server: str) -> Path:
    """What `psql` makes a migrated database from; migrated beside the database at the address `server`."""
    file = FOLDER / f"migrated_{fingerprint()}.sql"
    name, base = f"first_{fingerprint()}", server.rpartition("/")[0]
    with made_once(file) as part:
        if part:
            run("createdb", f"--maintenance-db={server}", name)
            migrate(f"{base}/{name}")
            run("pg_dump", "--no-owner", f"--file={part}", f"{base}/{name}")
            run("dropdb", f"--maintenance-db={server}", name)
    return file


def migrate(url: str) -> None:
    run(sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0", DATABASE_URL=url)


def run(program: str, *arguments: str | Path, **environment: str) -> None:
    folder = postgres.binaries()
    known = folder and (folder / program).exists()
    done = subprocess.run(
        [str(folder / program) if known else program, *map(str, arguments)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stdout}")


if __name__ == "__main__":
    postgres_dump(os.environ["DATABASE_URL"])
