"""A consistent copy of the database while the site writes to it: VACUUM INTO on SQLite, pg_dump on PostgreSQL."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.core.management import CommandError
from django.db import connection

SQLITE, POSTGRES = "database.sqlite3", "database.dump"


def dump(folder: Path) -> Path:
    """Writes the copy into the folder and gives its path."""
    if connection.vendor == "sqlite":
        target = folder / SQLITE
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        return target
    target = folder / POSTGRES
    run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def restore(copy: Path) -> None:
    """Puts the copy in the place of what the database holds. All or nothing."""
    kind = SQLITE if connection.vendor == "sqlite" else POSTGRES
    if copy.name != kind:
        raise CommandError(f"This backup holds {copy.name}, and the site runs on {connection.vendor}.")
    if connection.vendor == "sqlite":
        connection.close()
        restore_sqlite(copy, Path(connection.settings_dict["NAME"]))
    else:
        connection.close()
        run(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            str(copy),
        )


def restore_sqlite(copy: Path, target: Path) -> None:
    """SQLite's own copying: other processes that have the file open see the new content, and lose none of theirs half."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(target, timeout=60)) as live:
        source.backup(live)
        live.execute("PRAGMA journal_mode=WAL")


def run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs on our database; the password goes by environment, not by command line."""
    if not shutil.which(program):
        raise CommandError(f"{program} is missing: apt-get install postgresql-client")
    settings = connection.settings_dict
    environment = {
        **os.environ,
        **{
            name: str(settings[key])
            for name, key in (
                ("PGHOST", "HOST"),
                ("PGPORT", "PORT"),
                ("PGUSER", "USER"),
                ("PGPASSWORD", "PASSWORD"),
            )
            if settings[key]
        },
    }
    done = subprocess.run(  # noqa: S603 - fixed programs, our own arguments
        [program, f"--dbname={settings['NAME']}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CommandError(f"{program} failed: {done.stderr.strip()[-500:]}")
