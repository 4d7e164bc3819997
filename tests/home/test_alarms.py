"""Whoever runs the site is told once when something lasts, and once when it is over."""

import pytest
from django.utils import timezone

from home import alarms, clock, heartbeats
from home.models import Alarm, ClockJob

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operator(settings):
    settings.OPERATOR_EMAIL = ["operator@dateline.example"]


@pytest.fixture
def all_alive(frozen_time):
    heartbeats.beat(heartbeats.roles(), "here:1")


def stop_the_clock() -> None:
    heartbeats.Heartbeat.objects.filter(role="clock").delete()


def test_nothing_is_told_when_all_is_well(all_alive, mailoutbox):
    alarms.look()

    assert mailoutbox == [] and not Alarm.objects.exists()


def test_a_stopped_clock_is_told_when_it_lasts_once_and_again_when_it_is_over(
    all_alive, mailoutbox, frozen_time
):
    stop_the_clock()
    alarms.look()
    assert mailoutbox == []

    alarms.look()
    alarms.look()

    (mail,) = mailoutbox
    assert mail.to == ["operator@dateline.example"]
    assert "the clock has stopped" in mail.subject and "docs/operations.md" in mail.body
    heartbeats.beat(["clock"], "here:2")
    alarms.look()
    assert "clock is well again" in mailoutbox[1].subject and len(mailoutbox) == 2


def test_what_lasts_is_told_again_after_a_day(all_alive, mailoutbox, frozen_time):
    for hours in (0, 1, 2, 23, 2):
        frozen_time.shift(hours * 3600)
        heartbeats.beat(["default", "fast", "slow"], "here:1")
        alarms.look()

    assert len(mailoutbox) == 2


def test_a_restart_is_no_alarm(all_alive, mailoutbox):
    stop_the_clock()
    alarms.look()
    heartbeats.beat(["clock"], "here:2")

    alarms.look()
    alarms.look()

    assert mailoutbox == []


def test_a_worker_looks_when_no_clock_does(all_alive, mailoutbox, frozen_time):
    stop_the_clock()

    alarms.look_if_due()
    alarms.look_if_due()
    assert mailoutbox == []
    frozen_time.shift(121)
    heartbeats.beat(["default", "fast", "slow"], "here:1")
    alarms.look_if_due()

    assert len(mailoutbox) == 1


def test_an_old_backup_is_noticed_and_a_fresh_one_is_not(settings, tmp_path, frozen_time):
    settings.BACKUP_DIR = str(tmp_path)
    assert "no backup" in alarms.old_backup()
    (tmp_path / "2026-03-13T092653Z").mkdir()
    (tmp_path / "2026-03-13T092653Z" / "manifest.json").write_text("{}")

    assert alarms.old_backup() is None
    frozen_time.shift(13 * 3600)

    assert alarms.old_backup() == "The newest backup is 37 hours old."


def test_a_nearly_full_disk_is_noticed(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    alarms.FREE_BYTES, alarms.FREE_SHARE = 2**62, 1.0
    try:
        assert "MB are free on the disk of" in alarms.full_disk()
    finally:
        alarms.FREE_BYTES, alarms.FREE_SHARE = 500 * 1024**2, 0.1


def test_a_job_that_fails_three_times_is_named_and_a_nightly_one_at_once():
    ClockJob.objects.create(name="check the ledger", due_at=timezone.now(), failures=1, error="Wrong")
    ClockJob.objects.create(name="mail that is owed", due_at=timezone.now(), failures=3, error="OSError")
    ClockJob.objects.create(name="of an older release", due_at=timezone.now(), failures=9, error="OSError")
    ClockJob.objects.create(name="events that waited", due_at=timezone.now(), failures=2, error="OSError")

    assert alarms.failing_jobs() == "“check the ledger” fails (Wrong); “mail that is owed” fails (OSError)"


def test_a_dead_mail_server_does_not_break_the_round_and_is_tried_again(all_alive, settings, mailoutbox):
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    stop_the_clock()

    alarms.look()
    alarms.look()
    assert Alarm.objects.get().told_at is None
    settings.EMAIL_BACKEND = working
    alarms.look()

    assert len(mailoutbox) == 1 and Alarm.objects.get().told_at


def test_the_round_is_a_job_of_the_clock():
    assert clock.jobs["look for trouble"].every_seconds == alarms.EVERY_SECONDS
