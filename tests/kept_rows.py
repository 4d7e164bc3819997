"""Test content that is the same every time: built once for each process, then put into the database as plain rows.

Making pages one by one costs more than most tests do with them.
"""

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import TestCase, override_settings

# Tables that the database fills by itself, from others or from migrations.
FOLLOW = ("wagtailsearch_indexentry_fts", "news_searchtext_", "sqlite_", "django_migrations")


class Rows:
    """All rows of one table, and how to put them back."""

    def __init__(self, cursor, table: str):
        self.table = table
        hidden = "rowid, " if table == "news_searchtext" else ""  # FTS5 has no key of its own
        cursor.execute(f'SELECT {hidden}* FROM "{table}"')
        columns = [column[0] for column in cursor.description]
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
        self.insert = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        self.rows = cursor.fetchall()

    def put(self, cursor) -> None:
        cursor.execute(f'DELETE FROM "{self.table}"')
        cursor.executemany(self.insert, self.rows)


def plant(build: Callable[[], Any]) -> Any:
    """What `build` makes in a database as migrations leave it, its uploads too, and what it gives."""
    tables, files, given = built(build)
    with transaction.atomic(), connection.cursor() as cursor:
        for rows in tables:
            rows.put(cursor)
        if connection.vendor == "postgresql":
            from clean_database import continue_sequences

            continue_sequences(cursor, [rows.table for rows in tables])
    for path, content in files.items():
        path = Path(settings.MEDIA_ROOT) / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return copy.deepcopy(given)


@cache
def built(build: Callable[[], Any]) -> tuple[list[Rows], dict[Path, bytes], Any]:
    """The tables that `build` changes, as they are after its commit, its uploads and its answer; all is undone."""
    with transaction.atomic(), connection.cursor() as cursor, TemporaryDirectory() as media:
        before = {rows.table: rows.rows for rows in every_table(cursor)}
        with override_settings(MEDIA_ROOT=media), TestCase.captureOnCommitCallbacks(execute=True):
            given = build()
        after = [rows for rows in every_table(cursor) if rows.rows != before[rows.table]]
        files = {
            path.relative_to(media): path.read_bytes() for path in Path(media).rglob("*") if path.is_file()
        }
        transaction.set_rollback(True)
    return after, files, given


def every_table(cursor) -> list[Rows]:
    names = connection.introspection.table_names(cursor)
    return [Rows(cursor, name) for name in names if not name.startswith(FOLLOW)]
