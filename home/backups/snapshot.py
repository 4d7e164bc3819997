"""One backup: a folder named for its moment, whole or not there at all."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from home.backups import database, files

MANIFEST = "manifest.json"
MOMENT = "%Y-%m-%dT%H%M%SZ"


def make(folder: Path) -> Path:
    """Backs everything up into `folder` and gives the new backup's own folder."""
    moment = datetime.now(UTC)
    place, new = folder / moment.strftime(MOMENT), folder / "unfinished"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    pool, found = files.Pool(folder / "files"), {}
    # Files before the database and again after it: whatever a row of the copy names was there at one of both moments.
    files.keep_all(pool, found)
    copy = database.dump(new)
    files.keep_all(pool, found)
    manifest = {
        "made_at": moment.isoformat(timespec="seconds"),
        "database": copy.name,
        "database_sha256": files.file_digest(copy),
        "migrations": latest_migrations(),
        "secret_key": fingerprint(settings.SECRET_KEY),
        "stripe_key": fingerprint(settings.STRIPE_SECRET_KEY),
        "files": found,
    }
    (new / MANIFEST).write_text(json.dumps(manifest, indent=1))
    new.rename(place)
    return place


def restore(folder: Path, name: str = "") -> dict:
    """Puts a backup back (the newest, unless named) after checking all of it; gives what its manifest says."""
    place = folder / name if name else newest(folder)
    if place is None or not (place / MANIFEST).is_file():
        raise CommandError(f"There is no backup {name or 'in'} {'' if name else folder}".strip() + ".")
    manifest = json.loads((place / MANIFEST).read_text())
    pool, copy = files.Pool(folder / "files"), place / manifest["database"]
    if not copy.is_file() or files.file_digest(copy) != manifest["database_sha256"]:
        raise CommandError(f"The backup is damaged: {copy} is missing or changed. Nothing was restored.")
    for digest in {digest for names in manifest["files"].values() for digest in names.values()}:
        pool.check(digest)
    manifest["written"] = files.put_back(pool, manifest["files"])
    database.restore(copy)
    return manifest


def newest(folder: Path) -> Path | None:
    backups = all_of(folder)
    return backups[-1] if backups else None


def all_of(folder: Path) -> list[Path]:
    """The finished backups in a folder, oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if path.parent.name != "unfinished")


def age_hours(folder: Path) -> float | None:
    """How old the newest backup is; None where there is none."""
    place = newest(folder)
    if place is None:
        return None
    made = datetime.strptime(place.name, MOMENT).replace(tzinfo=UTC)
    return (datetime.now(UTC) - made).total_seconds() / 3600


def thin_out(folder: Path, keep: int) -> int:
    """Keeps the newest `keep` backups and the contents that they need; gives how many backups went."""
    old = all_of(folder)[:-keep]
    for place in old:
        shutil.rmtree(place)
    needed = {
        digest
        for place in all_of(folder)
        for names in json.loads((place / MANIFEST).read_text())["files"].values()
        for digest in names.values()
    }
    for content in (folder / "files").glob("??/*"):
        if content.name not in needed:
            content.unlink()
    return len(old)


def latest_migrations() -> dict[str, str]:
    """The last applied migration of each app."""
    latest: dict[str, str] = {}
    for app, name in MigrationRecorder(connection).applied_migrations():
        latest[app] = max(name, latest.get(app, ""))
    return latest


def fingerprint(secret: str) -> str:
    """Tells whether two sites have the same secret, and not what it is."""
    return hashlib.sha256(b"dateline:" + secret.encode()).hexdigest()[:16] if secret else ""
