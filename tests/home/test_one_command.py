"""`make new` (and `make run`, which differs in its content): one command starts everything, and it all ends together."""

import os
import signal
from pathlib import Path

import pytest
from postgres import free_port
from processes import wait_for

pytestmark = pytest.mark.slow
OWNER = {
    "ORGANISATION": "Harbour Watch",
    "ADMIN_USERNAME": "ada",
    "ADMIN_EMAIL": "ada@dateline.example",
    "ADMIN_PASSWORD": "a long pass phrase",
}


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def are_gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.fixture
def start(own_site, collected_static):
    """Starts the command in `own_site` and waits for its last words; gives the process and those beneath it."""
    (own_site.folder / "static").symlink_to(collected_static)
    own_site.environment.update(OWNER, PORT=str(free_port()))
    for name in ("SECRET_KEY", "DEBUG", "SITE_URL"):  # without them run.env is read, as on somebody's machine
        del own_site.environment[name]

    def started():
        process = own_site.start("-m", "home.running", "--new")
        wait_for(lambda: "Ctrl-C stops everything" in process.log.read_text(), 120, "the welcome")
        return process, children(process.pid)

    return started


def test_everything_starts_keeps_what_was_typed_and_ends_together(own_site, start):
    process, beneath = start()

    said = process.log.read_text()
    assert len(beneath) == 4, "two workers, the clock and the web server"
    assert f"localhost:{own_site.environment['PORT']}/" in said and "{" not in said
    assert "a long pass phrase" not in said

    own_site.python("from home.models import OrganisationSettings as O; O.objects.update(mission='Typed in')")
    clock = next(pid for pid in beneath if "run_due" in command_of(pid))
    os.kill(clock, signal.SIGKILL)

    assert process.wait(40) == 1
    assert "clock has ended, so everything is stopped" in process.log.read_text()
    wait_for(lambda: are_gone(beneath), 10, "the others to end too")

    process, beneath = start()
    process.send_signal(signal.SIGTERM)

    assert process.wait(40) == 0
    wait_for(lambda: are_gone(beneath), 10, "all to end")
    kept = "from home.models import OrganisationSettings as O; print(*O.objects.values_list('name', 'mission').get())"
    assert own_site.python(kept) == "Harbour Watch Typed in"
