"""`make test`: everything on SQLite, and beside it on PostgreSQL what depends on the database; both are always run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import postgres

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# Only what stands on the run's own database can come out otherwise on another one.
ON_POSTGRES = "(database or postgres) and not browser"


def main() -> int:
    given = sys.argv[1:]
    if not postgres.binaries():
        print("PostgreSQL is missing, so its half was left out: apt-get install postgresql", flush=True)
        return start(given, processes=3).wait() or int(CI)
    with TemporaryFile() as later:
        second = start([*given, "-m", ON_POSTGRES], {"DATABASE_URL": "postgres"}, output=later)
        print("\nTests on SQLite; those on PostgreSQL run beside them and are told below\n", flush=True)
        failed = start([*given, "-m", "not postgres"]).wait()
        failed |= second.wait()
        print("\nTests on PostgreSQL\n", flush=True)
        later.seek(0)
        shutil.copyfileobj(later, sys.stdout.buffer)
    return int(bool(failed))


def start(
    arguments: list[str],
    environment: dict[str, str] | None = None,
    processes: int = 2,
    output: IO | None = None,
) -> subprocess.Popen:
    """Begins the suite: in more processes than cores, for those that drive browsers and servers mostly wait."""
    options = f"-q -n {processes} --dist loadfile --no-loadscope-reorder".split()
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | (environment or {}), stdout=output, stderr=output
    )


if __name__ == "__main__":
    sys.exit(main())
