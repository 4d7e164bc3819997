"""Figures for Prometheus: only for who holds the token, summed over processes."""

import os
import re
import subprocess
import sys

import pytest

from home import metrics

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer figures"}


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = "figures"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é"}])
def test_strangers_find_no_such_page(client, token, headers):
    assert client.get("/metrics/", headers=headers).status_code == 404


def test_without_a_token_nobody_finds_it(client):
    assert client.get("/metrics/", headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_view_and_status(client, token):
    before = counted(client, "news:suggest")

    client.get("/search/suggest/")

    assert counted(client, "news:suggest") == before + 1


def counted(client, view: str) -> float:
    text = client.get("/metrics/", headers=TOKEN).content.decode()
    found = re.findall(rf'dateline_request_seconds_count{{[^}}]*view="{view}"[^}}]*}} (\S+)', text)
    return sum(map(float, found))  # one figure for each method and status


def test_counts_of_another_process_are_added(client, token):
    before = counted(client, "elsewhere")
    code = "import django; django.setup(); from home import metrics; metrics.observe_request('elsewhere', 'GET', 200, 0.1)"

    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": ".:site"})

    assert counted(client, "elsewhere") == before + 1


def test_the_library_s_own_format_reads_it_and_queues_are_there(client, token):
    from prometheus_client.parser import text_string_to_metric_families

    text = client.get("/metrics/", headers=TOKEN).content.decode()

    families = {family.name: family for family in text_string_to_metric_families(text)}
    queues = {sample.labels["queue"] for sample in families["dateline_tasks_waiting"].samples}
    assert queues == {"default", "fast", "slow"}


def test_strange_methods_make_no_labels_of_their_own(client, token):
    client.generic("BREW", "/health/live/")

    text = client.get("/metrics/", headers=TOKEN).content.decode()

    assert "BREW" not in text and 'method="other"' in text


def test_files_of_dead_processes_are_taken_away():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    dead, alive = (
        metrics.FOLDER / f"histogram_{process.pid}.db",
        metrics.FOLDER / f"histogram_{os.getpid()}.db",
    )
    dead.touch()
    alive.touch()

    metrics.forget_dead_processes()

    assert not dead.exists() and alive.exists()
