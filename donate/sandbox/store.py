"""The sandbox's memory: objects as JSON in one SQLite file that outlives a restart and may be shared by processes."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, created INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_newest ON objects (kind, created, seq);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS options (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, event TEXT NOT NULL, place REAL NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, place);
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event);
"""
TABLES = ("objects", "answers", "options", "deliveries")
# Fields that lists are filtered by, each with an index of its own.
FIELDS = (
    "payment_intent",
    "charge",
    "customer",
    "subscription",
    "invoice",
    "email",
    "source",
    "type",
    "_payout",
    "_subscription",
)
SCHEMA += "".join(
    f"CREATE INDEX IF NOT EXISTS by_{name} ON objects (kind, json_extract(data, '$.{name}'));"
    for name in FIELDS
)


class Store:
    """`with store.transaction():` around everything; it may be nested, and one thread at a time is inside."""

    def __init__(self, path: str | Path):
        self.path = str(path)
        self.lock = threading.RLock()
        self.depth = 0
        self.db = sqlite3.connect(self.path, timeout=20, isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock:
            if self.depth == 0:
                self.db.execute("BEGIN IMMEDIATE")
            self.depth += 1
            try:
                yield
            except BaseException:
                self.depth -= 1
                if self.depth == 0:
                    self.db.execute("ROLLBACK")
                raise
            self.depth -= 1
            if self.depth == 0:
                self.db.execute("COMMIT")

    def rows(self, sql: str, *values) -> list[tuple]:
        with self.lock:
            return self.db.execute(sql, values).fetchall()

    def clear(self) -> None:
        with self.transaction():
            for table in TABLES:
                self.db.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the list above

    def close(self) -> None:
        with self.lock:
            self.db.close()

    # Objects

    def get(self, id: str) -> dict | None:
        found = self.rows("SELECT data FROM objects WHERE id = ?", id)
        return json.loads(found[0][0]) if found else None

    def put(self, obj: dict) -> None:
        self.rows(
            "INSERT INTO objects (id, kind, created, data) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            obj["id"],
            obj["object"],
            obj.get("created", 0),
            json.dumps(obj),
        )

    def find(
        self, kind: str, conditions: list[tuple[str, object]] = (), limit: int = -1, after: str = ""
    ) -> list[dict]:
        """Newest first. `conditions` are SQL with one question mark each, and its value."""
        sql, values = "SELECT data FROM objects WHERE kind = ?", [kind]
        for condition, value in conditions:
            sql += f" AND {condition}"
            values.append(value)
        if after:
            sql += " AND (created, seq) < (SELECT created, seq FROM objects WHERE id = ?)"
            values.append(after)
        sql += " ORDER BY created DESC, seq DESC LIMIT ?"
        return [json.loads(row[0]) for row in self.rows(sql, *values, limit)]

    def where(self, kind: str, **fields) -> list[dict]:
        """Newest first, by equality: `where("refund", charge="ch_1")`."""
        return self.find(kind, [(field_is(name), value) for name, value in fields.items()])

    # Options: what a person or a test has set

    def option(self, name: str, default=None):
        found = self.rows("SELECT value FROM options WHERE name = ?", name)
        return json.loads(found[0][0]) if found else default

    def set_option(self, name: str, value) -> None:
        self.rows("INSERT OR REPLACE INTO options (name, value) VALUES (?, ?)", name, json.dumps(value))


def field_is(name: str) -> str:
    """The SQL that compares a field, written as in the index; dots lead into nested objects."""
    return f"json_extract(data, '$.{name}') = ?"
