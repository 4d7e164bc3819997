"""`make test`: everything on SQLite, then on PostgreSQL what depends on the database; both are always run."""

import os
import subprocess
import sys
from pathlib import Path

import postgres

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# Only what stands on the run's own database can come out otherwise on another one.
ON_POSTGRES = "(database or postgres) and not browser and not same_everywhere"


def main() -> int:
    given = sys.argv[1:]
    if not postgres.binaries():
        print("PostgreSQL is missing, so its half was left out: apt-get install postgresql", flush=True)
        return start("SQLite", {}, given).wait() or int(CI)
    on_postgres = {"DATABASE_URL": postgres.throwaway().url}
    # Migrating keeps one processor busy: the second database is migrated while the first half waits for its own.
    migrating = subprocess.Popen(
        [sys.executable, ROOT / "tests" / "migrated.py"], env={**os.environ, **on_postgres}
    )
    failed = start("SQLite", {}, [*given, "-m", "not postgres"]).wait()
    migrating.wait()
    failed |= start("PostgreSQL", on_postgres, [*given, "-m", ON_POSTGRES]).wait()
    return int(bool(failed))


def start(database: str, environment: dict[str, str], arguments: list[str]) -> subprocess.Popen:
    """Begins the suite in three processes: those that drive browsers and servers wait most of their time."""
    print(f"\nTests on {database}\n", flush=True)
    options = "-q -n 3 --dist loadfile --no-loadscope-reorder".split()
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})


if __name__ == "__main__":
    sys.exit(main())
