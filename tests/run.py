"""`make test`: everything on SQLite, then everything that needs no browser on PostgreSQL; both are always run."""

import os
import subprocess
import sys
from pathlib import Path

import postgres

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# They start processes on databases of their own, so the second half would only repeat them.
SAME_ON_BOTH = (
    "home/test_upgrade.py",
    "home/test_deploy.py",
    "home/test_backup.py",
    "home/test_failing_floor.py",
    "home/test_worker.py",
    "test_many_machines.py",
)


def main() -> int:
    given = sys.argv[1:]
    failed = pytest("SQLite", {}, *given)
    repeated = [f"--ignore=tests/{name}" for name in SAME_ON_BOTH]
    if postgres.binaries():
        failed |= pytest("PostgreSQL", {"DATABASE_URL": "postgres"}, "-m", "not browser", *repeated, *given)
    else:
        print(
            "PostgreSQL is missing, so the second half was left out: apt-get install postgresql", flush=True
        )
        failed |= CI
    return int(failed)


def pytest(database: str, environment: dict[str, str], *arguments: str) -> bool:
    """Runs the suite in two processes; True when it failed."""
    print(f"\nTests on {database}\n", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
