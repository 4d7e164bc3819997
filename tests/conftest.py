"""What every test stands on: the environment, the database, a fixed cast, frozen time, a listening log."""

import gc
import logging
import os
import shutil
from pathlib import Path

import postgres
import pytest
from environment import FOLDER, ROOT  # before all that reads settings
from sandbox import sandbox, sandbox_server, stripe_client  # noqa: F401 - fixtures

CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# The same engine without windows costs a third less than the whole browser.
CHROMIUMS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def missing(what: str, remedy: str) -> None:
    """A part of the machine is missing: a failure where CI=true, else a skip that says how to get it."""
    message = f"{what} is missing: {remedy}"
    if CI:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session", name="missing")
def missing_fixture():
    return missing


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """A file, not memory, for SQLite: threads and live servers share it, and the next run can keep it."""
    from clean_database import fingerprint
    from django.conf import settings

    database = settings.DATABASES["default"]
    name = f"test_{fingerprint()}"
    if database["ENGINE"].endswith("sqlite3"):
        name = settings.DATA_DIR / f"{name}.sqlite3"
        for old in set(settings.DATA_DIR.glob("test_*")) - set(settings.DATA_DIR.glob(f"{name.name}*")):
            old.unlink()
        if config.getoption("--create-db"):
            Path(f"{name}.clean").unlink(missing_ok=True)
    database.setdefault("TEST", {})["NAME"] = str(name)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # The fonts of papers take seconds to cut: all processes of the tests use those that the first one cut.
    (FOLDER / "fonts").mkdir(exist_ok=True)
    if not (settings.DATA_DIR / "fonts").exists():
        (settings.DATA_DIR / "fonts").symlink_to(FOLDER / "fonts")


def pytest_collection_finish():
    """What stands by now stays: looking through it for garbage again and again is a seventh of a run."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Before the tests' own database is looked for: a copy of the migrated one, where there is none yet."""
    import migrated
    from django.conf import settings

    database = settings.DATABASES["default"]
    name = database["TEST"]["NAME"]
    if database["ENGINE"].endswith("sqlite3"):
        if not Path(name).exists():
            shutil.copy(migrated.sqlite_file(), name)
    elif postgres.binaries() and not postgres.has_database(os.environ["DATABASE_URL"], name):
        migrated.on_postgres(os.environ["DATABASE_URL"], name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The migrated database, and a copy of the rows that migrations wrote."""
    import clean_database
    from django.db import connection

    with django_db_blocker.unblock():
        clean_database.keep()
        clean_database.restore()
        # An empty text: Django's own way of putting rows back does nothing, and does not fill content types anew.
        connection._test_serialized_contents = "[]"


def uses_real_transactions(item) -> bool:
    marker = item.get_closest_marker("django_db")
    asks = bool(marker and marker.kwargs.get("transaction"))
    return asks or not {"transactional_db", "live_server"}.isdisjoint(item.fixturenames)


EMPTIED = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Real transactions end with all tables emptied: before the next test begins its own, they are filled again."""
    if item.session.stash.get(EMPTIED, False):
        import clean_database
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            clean_database.restore()
        item.session.stash[EMPTIED] = False


@pytest.fixture(autouse=True)
def migrated_rows(request):
    """Begins tests with real transactions with the rows that migrations wrote."""
    if uses_real_transactions(request.node):
        import clean_database

        request.session.stash[EMPTIED] = True
        request.getfixturevalue("transactional_db")
        clean_database.restore()


@pytest.fixture(autouse=True, scope="session")
def plain_settings():
    """Fast hashing; tasks run at once, inside the test, unless it asks for `task_queue`."""
    from django.test import override_settings

    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        TASKS={
            "default": {
                "BACKEND": "django_tasks.backends.immediate.ImmediateBackend",
                "QUEUES": ["default", "fast", "slow"],
            }
        },
    ):
        yield


@pytest.fixture(autouse=True)
def fresh_cache():
    """No counter, no cached page and nothing kept comes over from the test before."""
    from django.core.cache import cache

    from home.pagecache.generation import Generation, moments

    cache.clear()
    for name in Generation._fields:
        moments().mark(name)


# Statements that change no row.
READING = ("SELECT", "SET ", "BEGIN", "SAVEPOINT", "RELEASE")


@pytest.fixture(autouse=True)
def kept_until_written():
    """What pages keep stays as in production, until the test, or what it asks for, writes anything."""
    from django.core.cache import cache
    from django.db import connection

    from home import kept
    from news.search import answers, pages

    def forgetting(execute, sql, params, many, context):
        if not str(sql).lstrip("( \n").startswith(READING):
            answers.recent.clear()
            pages.recent.clear()
            if kept.memory:
                cache.delete_many([kept._key(name) for name in kept.memory])
                kept.memory.clear()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(forgetting):
        yield


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    """Uploads of one test are not seen by another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def task_queue(settings, db):
    """The real queue: tasks wait in the database until the function that this gives runs them all."""
    from django.core.management import call_command

    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "fast", "slow"]}
    }

    def run_all() -> None:
        call_command("db_worker", queue_name="*", batch=True, startup_delay=False, interval=0, verbosity=0)

    return run_all


@pytest.fixture
def frozen_time():
    """2026-03-14 09:26:53 UTC; `frozen_time.shift(seconds)` and `.move_to(moment)` go on from there."""
    from datetime import UTC, datetime

    import time_machine

    with time_machine.travel(datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC), tick=False) as traveller:
        yield traveller


class Canary(logging.Handler):
    """Keeps every log record as it would be written, tracebacks and extra fields included."""

    def __init__(self):
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record):
        plain = logging.Formatter("%(message)s").format(record)
        self.lines.append(f"{plain} {record.__dict__!r}")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def log_canary():
    """All that is logged on any logger at any level: `assert "ada@example.org" not in log_canary.text`."""
    canary, root = Canary(), logging.getLogger()
    level = root.level
    closed = [
        logger
        for logger in logging.root.manager.loggerDict.values()
        if isinstance(logger, logging.Logger) and not logger.propagate
    ]
    for logger in [root, *closed]:
        logger.addHandler(canary)
    root.setLevel(logging.DEBUG)
    yield canary
    root.setLevel(level)
    for logger in [root, *closed]:
        logger.removeHandler(canary)


# The cast ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def factories():
    """tests/factories.py, which can be imported only once Django is set up; test files just import it."""
    import factories

    return factories


@pytest.fixture
def editor(db, factories):
    return factories.make_user("editor", "Editors")


@pytest.fixture
def moderator(db, factories):
    return factories.make_user("moderator", "Moderators")


@pytest.fixture
def fundraiser(db, factories):
    return factories.make_user("fundraiser", "Fundraisers")


@pytest.fixture
def admin(db, factories):
    return factories.make_user("admin", is_staff=True, is_superuser=True)


@pytest.fixture
def outsider(db, factories):
    """Somebody with an account and no group."""
    return factories.make_user("outsider")


@pytest.fixture
def page_tree(db, factories):
    """The site in small: `.home .newsroom .regions .region .give .campaign` (the default one)."""
    from kept_rows import plant

    return plant(factories.site_in_small)


@pytest.fixture
def small_site(db):
    """One of everything that readers can meet (tests/small_site.py): its pages, and `.paths`."""
    from kept_rows import plant
    from small_site import small_site

    return plant(small_site)


@pytest.fixture
def campaign(page_tree):
    return page_tree.campaign


@pytest.fixture
def story(page_tree, factories):
    return factories.make_story(region=page_tree.region)


@pytest.fixture
def donor(db, factories):
    return factories.make_donor()


@pytest.fixture
def live_site(live_server, settings):
    """The live server as the one public origin: absolute addresses, policies and Origin checks follow it."""
    settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return live_server


# Databases and browsers ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_cluster():
    """The PostgreSQL of this run: `.url`, `.new_database()`. It stays up; who wants to stop one makes a Cluster."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return postgres.Server(os.environ["DATABASE_URL"])
    if not postgres.binaries():
        missing("PostgreSQL", "apt-get install postgresql")
    return postgres.throwaway()


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium without extras; tests take `browser_page`."""
    if not CHROMIUM:
        missing("Chromium", "apt-get install chromium-headless-shell, or set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright

    # Playwright's loop makes Django believe that it is asynchronous; the tests are not.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Opens pages of fresh, empty browsers, 1280 px wide unless told otherwise, with reduced motion."""
    contexts = []

    def open_page(**options):
        options = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(open_page):
    return open_page()


def pytest_collection_modifyitems(items):
    """Marks what shows by itself: a browser, the database of this run. What takes long begins first."""
    for item in items:
        if "own_site" not in item.fixturenames and (
            item.get_closest_marker("django_db")
            or {"db", "transactional_db", "live_server", "postgres_cluster"} & set(item.fixturenames)
        ):
            item.add_marker(pytest.mark.database)
        if (ROOT / "tests" / "browser") in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
        if uses_real_transactions(item):
            # Without it, emptying the tables would write permissions and content types anew, under other ids.
            item.fixturenames.insert(0, "django_db_serialized_rollback")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def own_site(tmp_path):
    """A migrated SQLite site in a folder of its own, for tests that start real processes; all end with the test."""
    import migrated
    import processes

    site = processes.Site(tmp_path / "site")
    shutil.copy(migrated.sqlite_file(), site.folder / "dateline.sqlite3")
    yield site
    site.stop()


@pytest.fixture(scope="session")
def collected_static():
    """The static files as production has them, made once for all tests: collecting takes long."""
    import processes
    from made_once import made_once

    from home.management.commands.collectstatic import fingerprint

    folder = FOLDER / f"static-{fingerprint()[:8]}"
    with made_once(folder) as part:
        if part:
            processes.Site(part).manage("collectstatic", "--no-input", "--verbosity", "0")
    return folder / "static"
