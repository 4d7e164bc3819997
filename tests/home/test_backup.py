"""Backup and restore: consistent while the site writes, whole on an empty machine, refused when damaged."""

import json
import shutil
import sqlite3
import threading
import time
from contextlib import closing

import migrated
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from processes import Console, Site, wait_for

from home.backups import snapshot

pytestmark = pytest.mark.slow

FILL = """
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from home.models import OrganisationSettings
storages["default"].save("original_images/a.jpg", ContentFile(b"picture"))
storages["private"].save("documents/b.pdf", ContentFile(b"document"))
organisation = OrganisationSettings.load()
organisation.name = "Kept"
organisation.save()
"""
NAME = "from home.models import OrganisationSettings; print(OrganisationSettings.load().name)"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


def test_a_site_is_whole_again_on_an_empty_machine(own_site, folder, tmp_path):
    own_site.python(FILL)
    own_site.manage("backup", str(folder))

    empty = Site(tmp_path / "empty")
    said = empty.manage("restore", str(folder)).stdout

    assert empty.python(NAME) == "Kept"
    assert (empty.folder / "media/original_images/a.jpg").read_bytes() == b"picture"
    assert (empty.folder / "private/documents/b.pdf").read_bytes() == b"document"
    assert "2 files written" in said and "SECRET_KEY" not in said


def test_a_running_site_sees_what_was_restored(own_site, folder):
    own_site.python(FILL)
    own_site.manage("backup", str(folder))
    own_site.python("from home.models import OrganisationSettings as O; O.objects.update(name='Later')")
    with closing(sqlite3.connect(own_site.folder / "dateline.sqlite3")) as running:
        ask = "SELECT name FROM home_organisationsettings"
        assert running.execute(ask).fetchone() == ("Later",)

        own_site.manage("restore", str(folder))

        assert running.execute(ask).fetchone() == ("Kept",)


def test_what_a_running_site_kept_is_asked_anew_after_a_restore(own_site, folder):
    own_site.environment["CACHE_URL"] = ""  # one machine: its data folder says what is stale
    own_site.python(FILL)
    own_site.manage("backup", str(folder))
    own_site.python("from home.models import OrganisationSettings as O; O.objects.update(name='Later')")
    web = Console(own_site)
    ask = "from home.models import OrganisationSettings as O; print(O.load().name)"
    assert web.python(ask) == "Later"

    own_site.manage("restore", str(folder))

    assert web.python(ask) == "Kept"


def test_a_backup_under_writing_is_consistent_and_loses_nothing_that_was_acknowledged(own_site, folder):
    database = own_site.folder / "dateline.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # as the site has it
        connection.execute("CREATE TABLE pair (id INTEGER PRIMARY KEY, half INTEGER)")
    acknowledged, stopped = [0], threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database, timeout=20)) as connection:
            while not stopped.is_set():
                with connection:  # two rows in one transaction: never one without the other
                    connection.execute("INSERT INTO pair (half) VALUES (1)")
                    connection.execute("INSERT INTO pair (half) VALUES (2)")
                acknowledged[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    wait_for(lambda: acknowledged[0] > 20)
    before = acknowledged[0]
    own_site.manage("backup", str(folder))
    stopped.set()
    writer.join()

    with closing(sqlite3.connect(snapshot.newest(folder) / "database.sqlite3")) as copy:
        counts = dict(copy.execute("SELECT half, count(*) FROM pair GROUP BY half").fetchall())
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert counts[1] == counts[2] >= before


def test_a_damaged_backup_is_refused_before_anything_is_touched(own_site, folder):
    own_site.python(FILL)
    own_site.manage("backup", str(folder))
    stored = next(path for path in (folder / "files").rglob("*") if path.is_file())
    stored.write_bytes(b"changed")
    own_site.python("from home.models import OrganisationSettings as O; O.objects.update(name='Later')")

    answer = own_site.manage("restore", str(folder), check=False)

    assert answer.returncode == 1 and "damaged" in answer.stderr
    assert own_site.python(NAME) == "Later"


@pytest.mark.django_db
def test_an_empty_folder_is_no_backup(folder):
    with pytest.raises(CommandError, match="no backup"):
        call_command("restore", str(folder))


def pretend_backup(folder, name: str, content: bytes) -> None:
    """A finished backup of one file, without a database."""
    from home.backups.files import Pool

    storages["default"].save(name, ContentFile(content))
    place = folder / name
    place.mkdir(parents=True)
    digest = Pool(folder / "files").keep(storages["default"], name)
    (place / "manifest.json").write_text(json.dumps({"files": {"default": {name: digest}}}))


def test_thinning_keeps_the_newest_and_what_they_need(folder, settings):
    for day, content in ((12, b"old"), (13, b"shared"), (14, b"shared"), (15, b"new")):
        pretend_backup(folder, f"2026-03-{day}T000000Z", content)

    assert snapshot.thin_out(folder, keep=2) == 2

    assert [path.name for path in snapshot.all_of(folder)] == ["2026-03-14T000000Z", "2026-03-15T000000Z"]
    assert sorted(path.read_bytes() for path in (folder / "files").glob("??/*")) == [b"new", b"shared"]


def test_an_unfinished_backup_does_not_count(folder, frozen_time):
    pretend_backup(folder, "2026-03-13T092653Z", b"whole")
    (folder / "unfinished").mkdir()
    (folder / "unfinished" / "manifest.json").write_text("{}")

    assert snapshot.newest(folder).name == "2026-03-13T092653Z"
    assert snapshot.age_hours(folder) == 24


@pytest.mark.postgres
def test_postgres_is_dumped_and_restored_by_its_own_tools(tmp_path, folder, postgres_cluster):
    first = Site(tmp_path / "one", DATABASE_URL=migrated.on_postgres(postgres_cluster.url, "backup_one"))
    first.python(FILL)
    began = time.monotonic()

    first.manage("backup", str(folder))
    second = Site(tmp_path / "two", DATABASE_URL=postgres_cluster.new_database("backup_two"))
    second.manage("restore", str(folder))

    assert second.python(NAME) == "Kept"
    assert time.monotonic() - began < 120
    shutil.rmtree(folder)
