"""Keeps what migrations wrote (root page, locale, groups, permissions) and puts it back.

A test with real transactions ends by emptying every table; the next one must find a migrated database again.
The rows stand beside the tables: in an attached file on SQLite, in a schema of their own on PostgreSQL.
"""

import hashlib
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction

ROOT = Path(__file__).resolve().parent.parent


def fingerprint() -> str:
    """Changes with any migration of ours, so that a kept test database is never an outdated one."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def keep() -> None:
    """Copies every table that has rows; once, right after the database was made."""
    with connection.cursor() as cursor:
        attach(cursor)
        if kept_tables(cursor):
            return
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("wagtailsearch_", "news_searchtext")):
                continue  # the inner tables of full-text indexes, which follow their own
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE clean."{table}" AS SELECT * FROM "{table}"')


def restore() -> None:
    """Fills the tables again where they are empty."""
    with connection.cursor() as cursor:
        attach(cursor)
        tables = kept_tables(cursor)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM wagtailcore_locale)")
        if cursor.fetchone()[0]:
            return
        defer = (
            "PRAGMA defer_foreign_keys = ON"
            if connection.vendor == "sqlite"
            else "SET CONSTRAINTS ALL DEFERRED"
        )
        cursor.execute(defer)
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')  # content types come back by themselves, under other ids
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM clean."{table}"')
        if connection.vendor == "postgresql":
            continue_sequences(cursor, tables)
    apps.get_model("contenttypes.ContentType").objects.clear_cache()


def attach(cursor) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("CREATE SCHEMA IF NOT EXISTS clean")
        return
    cursor.execute("PRAGMA database_list")
    if "clean" not in {row[1] for row in cursor.fetchall()}:
        cursor.execute("ATTACH DATABASE %s AS clean", [f"{connection.settings_dict['NAME']}.clean"])


def kept_tables(cursor) -> list[str]:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'clean'")
    else:
        cursor.execute("SELECT name FROM clean.sqlite_master WHERE type = 'table'")
    return [row[0] for row in cursor.fetchall() if row[0] != "django_migrations"]


def continue_sequences(cursor, tables: list[str]) -> None:
    for table in tables:
        for sequence in connection.introspection.get_sequences(cursor, table):
            column = sequence["column"]
            cursor.execute(
                f'SELECT setval(pg_get_serial_sequence(\'"{table}"\', \'{column}\'), max("{column}")) FROM "{table}"'
            )
