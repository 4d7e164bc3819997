"""Alive and ready: what probes are told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from home import health, heartbeats

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_alive():
    heartbeats.beat(heartbeats.roles(), "here:1")


def test_live_asks_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/health/live/")

    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_ready_when_everything_beats(client, all_alive):
    answer = client.get("/health/ready/")

    assert answer.status_code == 200, answer.json()
    assert answer.json()["status"] == "ready"
    assert {"database", "migrations", "storage", "worker", "clock"} <= set(answer.json()["checks"])
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_not_ready_without_workers_or_clock(client):
    answer = client.get("/health/ready/")

    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == "no worker for: default, fast, slow"
    assert answer.json()["checks"]["clock"] == "the clock has stopped"


def test_a_worker_silent_for_over_a_minute_is_missed(client, all_alive, frozen_time):
    frozen_time.move_to(timezone.now() + timedelta(days=1))
    heartbeats.beat(["default", "fast", "clock"], "here:1")
    frozen_time.shift(30)
    heartbeats.beat(["slow"], "here:2")
    frozen_time.shift(45)

    answer = client.get("/health/ready/")

    assert answer.json()["checks"]["worker"] == "no worker for: default, fast"


def test_not_ready_while_migrations_are_pending(client, all_alive):
    MigrationRecorder(connection).record_unapplied("home", "0001_initial")

    answer = client.get("/health/ready/")

    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "1 pending"


def test_not_ready_when_uploads_cannot_be_written(client, all_alive, settings, tmp_path):
    (tmp_path / "blocked").write_text("a file where a folder should be")
    settings.MEDIA_ROOT = tmp_path / "blocked"

    answer = client.get("/health/ready/")

    assert answer.status_code == 503
    assert answer.json()["checks"]["storage"].startswith("failed: ")


def test_the_storage_check_leaves_nothing_behind(client, all_alive, settings):
    client.get("/health/ready/")

    assert list(settings.MEDIA_ROOT.rglob("*")) == []


def test_a_check_of_another_floor_is_asked_and_its_error_is_not_told(client, all_alive):
    health.register("odd", lambda: 1 / 0)
    try:
        answer = client.get("/health/ready/")
    finally:
        del health.checks["odd"]

    assert answer.json()["checks"]["odd"] == "failed: ZeroDivisionError"
    assert "division" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/health/live/", "/health/ready/"])
def test_only_reading_is_allowed(client, path):
    assert client.post(path).status_code == 405
