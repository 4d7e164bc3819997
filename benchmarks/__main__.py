"""Runs the benchmarks, prints a table of ratios and writes DATA_DIR/bench.json."""

import argparse
import importlib
import json
import os
import platform
import sys
import traceback
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.row import Row, table

NAMES = ("pages", "breaking", "search", "storm", "lists", "backup")
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[], help=f"which: {', '.join(NAMES)} (all)")
    parser.add_argument("--seconds", type=float, default=3, help="of load per measurement (3)")
    parser.add_argument("--rounds", type=int, default=3, help="of each pair (3)")
    parser.add_argument(
        "--stories", type=int, default=10_000, help="in the archive that is searched (10,000)"
    )
    parser.add_argument(
        "--engine", choices=["SQLite", "PostgreSQL"], help="the one to measure storm and lists on (both)"
    )
    parser.add_argument("--output", type=Path, default=Path(os.environ.get("DATA_DIR", "var")) / "bench.json")
    options = parser.parse_args()
    rows: list[Row] = []
    failed: list[str] = []
    for name in options.names or NAMES:
        print(f"-- {name}", file=sys.stderr, flush=True)
        try:
            rows += importlib.import_module(f"benchmarks.{name}").run(options)
        except Exception:  # noqa: BLE001 - what the others measured is not lost
            traceback.print_exc()
            failed.append(name)
    print(table(rows))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(report(rows), indent=1))
    print(f"\nwritten to {options.output}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def report(rows: list[Row]) -> dict:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "rows": [asdict(row) for row in rows],
    }


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    main()
