"""The site in small, built once for each process and put into a test's transaction as plain rows.

Planting pages one by one costs more than most tests do with them. Its rows are the same every time, so they are kept,
and inserted table by table.
"""

from functools import cache

from django.db import connection, transaction

# Tables that the database fills by itself, from others or from migrations.
FOLLOW = ("wagtailsearch_indexentry_fts", "news_searchtext", "sqlite_", "django_migrations")


class Rows:
    """All rows of one table, and how to put them back."""

    def __init__(self, cursor, table: str):
        self.table = table
        cursor.execute(f'SELECT * FROM "{table}"')
        columns = ", ".join(
            f'"{column.name if hasattr(column, "name") else column[0]}"' for column in cursor.description
        )
        marks = ", ".join(["%s"] * len(cursor.description))
        self.insert = f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'
        self.rows = cursor.fetchall()

    def put(self, cursor) -> None:
        cursor.execute(f'DELETE FROM "{self.table}"')
        cursor.executemany(self.insert, self.rows)


@cache
def planted() -> list[Rows]:
    """The tables that planting changes, as they are afterwards. The planting itself is undone."""
    import factories

    with transaction.atomic(), connection.cursor() as cursor:
        before = {rows.table: rows.rows for rows in every_table(cursor)}
        factories.site_in_small()
        after = [rows for rows in every_table(cursor) if rows.rows != before[rows.table]]
        transaction.set_rollback(True)
    return after


def every_table(cursor) -> list[Rows]:
    names = connection.introspection.table_names(cursor)
    return [Rows(cursor, name) for name in names if not name.startswith(FOLLOW)]


def plant() -> None:
    """Puts the small site where only what migrations wrote is."""
    from clean_database import continue_sequences

    with connection.cursor() as cursor:
        for rows in planted():
            rows.put(cursor)
        if connection.vendor == "postgresql":
            continue_sequences(cursor, [rows.table for rows in planted()])
