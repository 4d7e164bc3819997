"""`make test`: everything on SQLite and, at the same time, all that needs no browser on PostgreSQL.

Side by side, because tests also wait: for processes to start, pages to load, a Stripe that hangs to be given up.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import postgres

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# They start processes on SQLite files of their own, so the other half would only repeat them.
SAME_ON_BOTH = (
    "home/test_upgrade.py",
    "home/test_deploy.py",
    "home/test_worker.py",
    "donate/test_kill.py",
    "news/test_demo.py",
)


def main() -> int:
    given = sys.argv[1:]
    if not postgres.binaries():
        print("PostgreSQL is missing, so its half was left out: apt-get install postgresql", flush=True)
        return start("SQLite", {}, given).wait() or int(CI)
    with tempfile.TemporaryFile() as kept:
        one = start("SQLite", {}, [*given, "-m", "not postgres"])
        repeated = [f"--ignore=tests/{name}" for name in SAME_ON_BOTH]
        two = start(
            "PostgreSQL", {"DATABASE_URL": "postgres"}, [*repeated, *given, "-m", "not browser"], kept
        )
        failed = [half.wait() for half in (one, two)]
        kept.seek(0)
        sys.stdout.buffer.write(kept.read())
    return int(any(failed))


def start(database: str, environment: dict[str, str], arguments: list[str], output=None) -> subprocess.Popen:
    """Begins the suite in two processes; what it prints goes to `output`, or is shown at once."""
    options = "-q -n 2 --dist loadfile --no-loadscope-reorder".split()
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    if output:
        output.write(f"\nTests on {database}\n\n".encode())
        output.flush()
    else:
        print(f"\nTests on {database}\n", flush=True)
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=output,
        stderr=output and subprocess.STDOUT,
    )


if __name__ == "__main__":
    sys.exit(main())
