"""`make test`: everything on SQLite, then all that needs no browser on PostgreSQL; both are always run."""

import os
import subprocess
import sys
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
    failed = start("SQLite", {}, [*given, "-m", "not postgres"]).wait()
    repeated = [f"--ignore=tests/{name}" for name in SAME_ON_BOTH]
    failed |= start(
        "PostgreSQL", {"DATABASE_URL": "postgres"}, [*repeated, *given, "-m", "not browser"]
    ).wait()
    return int(bool(failed))


def start(database: str, environment: dict[str, str], arguments: list[str]) -> subprocess.Popen:
    """Begins the suite in two processes."""
    print(f"\nTests on {database}\n", flush=True)
    options = "-q -n 2 --dist loadfile --no-loadscope-reorder".split()
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})


if __name__ == "__main__":
    sys.exit(main())
