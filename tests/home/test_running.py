"""`make run`: what a start waits for, and what it only tells."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from home import running
from home.run_env import RunEnv


@pytest.fixture
def site(tmp_path):
    """A run whose site answers the ready-check with `site.checks`, and with 503 where one is not ok."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"checks": run.checks} if run.checks else "a page").encode()
            self.send_response(503 if set(run.checks.values()) != {"ok"} else 200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    run = RunEnv({"DATA_DIR": str(tmp_path), "PORT": str(server.server_port)})
    run.settle(empty=True)
    yield run
    server.shutdown()
    server.server_close()


def wait(run, **options) -> list[str]:
    return running.wait_until_ready(run, running.Processes(run), **options)


def test_a_start_tells_of_webhooks_that_go_astray_and_goes_on(site):
    site.checks = {"database": "ok", "worker": "ok", "webhooks": "Stripe sends live events here."}

    assert wait(site) == ["webhooks: Stripe sends live events here."]


@pytest.mark.parametrize("checks", [{"database": "no connection"}, {"worker": "stopped"}, {}])
def test_a_start_does_not_go_on_without_what_the_site_stands_on(site, checks):
    site.checks = checks

    with pytest.raises(running.Stopped, match="does not become ready"):
        wait(site, seconds=0.1)
