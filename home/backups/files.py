"""Uploads of a backup: each content is stored once, under its hash, whichever name and however many backups have it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.core.management import CommandError

ALIASES = ("default", "private")
CHUNK = 1024 * 1024  # bytes


def names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a storage, by its name in it."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}".lstrip("/")
    for inner in folders:
        yield from names(storage, f"{folder}/{inner}".lstrip("/"))


class Pool:
    """The folder `files/`: contents by SHA-256, in folders by the first two digits."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def keep(self, storage: Storage, name: str) -> str:
        """Stores the content of one file, unless it is there, and gives its hash."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new, digest = self.folder / "incoming", hashlib.sha256()
        with storage.open(name) as source, new.open("wb") as target:
            for chunk in iter(lambda: source.read(CHUNK), b""):
                digest.update(chunk)
                target.write(chunk)
        place = self.path(digest.hexdigest())
        if place.exists():
            new.unlink()
        else:
            place.parent.mkdir(exist_ok=True)
            new.replace(place)
        return digest.hexdigest()

    def check(self, digest: str) -> None:
        place = self.path(digest)
        if not place.is_file() or file_digest(place) != digest:
            raise CommandError(f"The backup is damaged: {place} is missing or changed. Nothing was restored.")


def keep_all(pool: Pool, found: dict[str, dict[str, str]]) -> None:
    """Adds to `found` ({storage: {name: hash}}) every file that is not in it yet."""
    for alias in ALIASES:
        known = found.setdefault(alias, {})
        for name in names(storages[alias]):
            if name not in known:
                try:
                    known[name] = pool.keep(storages[alias], name)
                except FileNotFoundError:
                    continue  # deleted while we looked


def put_back(pool: Pool, listed: dict[str, dict[str, str]]) -> int:
    """Writes the files that are missing or other than listed; gives how many. Files not listed are left alone."""
    written = 0
    for alias, files in listed.items():
        storage = storages[alias]
        for name, digest in files.items():
            if storage.exists(name):
                with storage.open(name) as there:
                    if hashlib.file_digest(there, "sha256").hexdigest() == digest:
                        continue
                storage.delete(name)
            with pool.path(digest).open("rb") as content:
                storage.save(name, File(content))
            written += 1
    return written


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
