"""The cache where CACHE_URL names none: one SQLite file, shared by all processes of this machine.

Django's file cache counts by reading and writing back, so two processes at once lose a count; limits need better.
Every change here is one statement.
"""

import logging
import os
import pickle
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value, expires REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_expires ON entry (expires);
"""
# A new value takes the place of one that has expired, and of no other.
ADD = """
INSERT INTO entry (key, value, expires) VALUES (?1, ?2, ?3)
ON CONFLICT (key) DO UPDATE SET value = ?2, expires = ?3 WHERE entry.expires <= ?4
"""
NEVER = 9e12  # seconds; later than any clock
CULL_EVERY = 500  # writes of one process


class SqliteCache(BaseCache):
    """LOCATION is the file. Values are numbers as they are, or pickles; a broken file is a cache without hits."""

    def __init__(self, location, params):
        super().__init__(params)
        self.file = Path(location)
        self.local = threading.local()
        self.writes = 0

    # Reading

    def get(self, key, default=None, version=None):
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys, version=None):
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        marks = ",".join("?" * len(names))
        rows = self.run(
            f"SELECT key, value FROM entry WHERE key IN ({marks}) AND expires > ?",  # noqa: S608 - marks only
            [*names, time.time()],
        )
        return {names[name]: load(value) for name, value in rows}

    def has_key(self, key, version=None):
        name = self.make_and_validate_key(key, version=version)
        return bool(self.run("SELECT 1 FROM entry WHERE key = ? AND expires > ?", [name, time.time()]))

    # Writing

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self.set_many({key: value}, timeout, version)

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        expires = self.expiry(timeout)
        rows = [
            (self.make_and_validate_key(key, version=version), dump(value), expires)
            for key, value in data.items()
        ]
        self.run("INSERT OR REPLACE INTO entry (key, value, expires) VALUES (?, ?, ?)", rows, many=True)
        self.cull()
        return []

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        name = self.make_and_validate_key(key, version=version)
        self.cull()
        return self.change(ADD, [name, dump(value), self.expiry(timeout), time.time()]) == 1

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        name = self.make_and_validate_key(key, version=version)
        sql = "UPDATE entry SET expires = ? WHERE key = ? AND expires > ?"
        return self.change(sql, [self.expiry(timeout), name, time.time()]) == 1

    def incr(self, key, delta=1, version=None):
        name = self.make_and_validate_key(key, version=version)
        rows = self.run(
            "UPDATE entry SET value = value + ? WHERE key = ? AND expires > ? AND typeof(value) = 'integer' "
            "RETURNING value",
            [delta, name, time.time()],
        )
        if not rows:
            raise ValueError(f"Key {key!r} not found or not a number")
        return rows[0][0]

    def delete(self, key, version=None):
        name = self.make_and_validate_key(key, version=version)
        return self.change("DELETE FROM entry WHERE key = ?", [name]) == 1

    def delete_many(self, keys, version=None):
        names = [(self.make_and_validate_key(key, version=version),) for key in keys]
        self.run("DELETE FROM entry WHERE key = ?", names, many=True)

    def clear(self):
        self.run("DELETE FROM entry")

    def close(self, **kwargs):
        """Called after each request; the connection stays, as opening one costs more than a read."""

    # The file

    def expiry(self, timeout) -> float:
        """The moment at which an entry ends, in seconds since 1970."""
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        return NEVER if timeout is None else time.time() + timeout

    def cull(self) -> None:
        """Now and then: what has expired goes, and the oldest where there are too many."""
        self.writes += 1
        if self.writes % CULL_EVERY:
            return
        self.run("DELETE FROM entry WHERE expires <= ?", [time.time()])
        self.run(
            "DELETE FROM entry WHERE key IN (SELECT key FROM entry ORDER BY expires DESC LIMIT -1 OFFSET ?)",
            [self._max_entries],
        )

    def run(self, sql: str, parameters=(), many: bool = False) -> list[tuple]:
        try:
            with closing(self.connection().cursor()) as cursor:
                (cursor.executemany if many else cursor.execute)(sql, parameters)
                return [] if many else cursor.fetchall()
        except sqlite3.Error as error:
            log.warning("The cache file cannot be used: %s", error)
            self.local.__dict__.clear()
            return []

    def change(self, sql: str, parameters) -> int:
        """Runs one statement and gives how many rows it changed; without a usable file, as if it had."""
        try:
            with closing(self.connection().cursor()) as cursor:
                return cursor.execute(sql, parameters).rowcount
        except sqlite3.Error as error:
            log.warning("The cache file cannot be used: %s", error)
            self.local.__dict__.clear()
            return 1

    def connection(self) -> sqlite3.Connection:
        """One for each thread, in autocommit; it is a cache, so a power cut may cost its last writes."""
        if getattr(self.local, "process", None) != os.getpid():  # a connection must not live through a fork
            self.file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.file, timeout=5, isolation_level=None)
            # Where two do this to a new file at once, SQLite refuses one of them without waiting: it is done then.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript("PRAGMA synchronous=OFF;" + SCHEMA)
            self.local.connection, self.local.process = connection, os.getpid()
        return self.local.connection


def dump(value):
    # bool is an int for Python, and would come back as one.
    return (
        value if type(value) is int and abs(value) < 2**62 else pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    )


def load(value):
    return value if isinstance(value, int) else pickle.loads(value)  # noqa: S301 - written by us, as all Django's caches do
