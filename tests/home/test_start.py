"""Starting with a wrong environment says what is wrong in one line; a right one passes Django's own checks."""

import os
import subprocess
import sys

import pytest

GOOD = {
    "SECRET_KEY": "q8Zr" * 16 + "Lk39_-Pw",
    "SITE_URL": "https://news.example.org",
    "STRIPE_SECRET_KEY": "sk_live_abc123",
    "STRIPE_WEBHOOK_SECRETS": "whsec_abc123",
    "EMAIL_URL": "smtp://localhost:25",
    "TRUSTED_PROXIES": "1",
}


def manage(tmp_path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """manage.py in a process of its own that sees these variables and none of the tests'."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | variables
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SITE_URL": ""}, "SITE_URL is missing"),
        ({"SITE_URL": "news.example.org"}, "SITE_URL is not an origin"),
        ({"SITE_URL": "https://news.example.org/path"}, "SITE_URL is not an origin"),
        ({"SITE_URL": "javascript://x"}, "SITE_URL is not an origin"),
        ({"STRIPE_SECRET_KEY": "pk_live_abc"}, "STRIPE_SECRET_KEY is malformed"),
        ({"STORAGE_URL": "ftp://somewhere"}, "STORAGE_URL must look like"),
        ({"STRIPE_SECRET_KEY": "sk_live_a b"}, "STRIPE_SECRET_KEY is malformed"),
        ({"STRIPE_API_BASE": "localhost:8001"}, "STRIPE_API_BASE is not an origin"),
        ({"ONION_HOST": "http://abcdef.onion/"}, "ONION_HOST is not a host name"),
        ({"SEARCH_LIMIT": "many"}, "SEARCH_LIMIT is no limit"),
        ({"TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES cannot be used"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must begin with"),
        ({"DATABASE_URL": "mysql://a/b"}, "DATABASE_URL must begin with"),
        ({"CACHE_URL": "nonsense"}, "CACHE_URL cannot be used"),
        ({"EMAIL_URL": "nonsense"}, "EMAIL_URL cannot be used"),
        ({"LANGUAGE_CODE": "xx"}, "LANGUAGE_CODE is xx"),
        ({"DATA_DIR": "/proc/nowhere"}, "DATA_DIR cannot be used"),
    ],
)
def test_a_wrong_environment_is_one_clear_line(tmp_path, fault, word):
    done = manage(tmp_path, "migrate", **GOOD | fault)

    assert done.returncode == 1
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert GOOD["SECRET_KEY"] not in done.stderr


def test_a_server_without_a_secret_stops_with_the_same_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path[:0] = ['site', '.']; import wsgi"],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "SITE_URL": GOOD["SITE_URL"]},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Dateline cannot start: SECRET_KEY is missing")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("more", [{}, {"ONION_HOST": "abcdef.onion", "STRIPE_SECRET_KEY": ""}])
def test_djangos_checks_for_production_find_nothing(tmp_path, more):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **GOOD | more)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_it_is_off_for_production_unless_somebody_says_debug(tmp_path):
    code = "from django.conf import settings; print(settings.DEBUG, settings.SESSION_COOKIE_SECURE)"

    done = manage(tmp_path, "shell", "--no-imports", "-c", code, **GOOD)

    assert done.stdout.strip() == "False True"


def test_a_data_folder_may_have_any_name(tmp_path):
    folder = tmp_path / "news + gifts, 100%25 ?#é"

    done = manage(tmp_path, "migrate", "--check", DEBUG="1", DATA_DIR=str(folder))

    assert "Traceback" not in done.stderr
    assert (folder / "dateline.sqlite3").is_file()


def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path):
    done = manage(tmp_path, "shell", "--no-imports", "-c", "raise KeyboardInterrupt", **GOOD)

    assert done.returncode == 130
    assert done.stderr.strip() == "Stopped."
