#!/usr/bin/env python
"""Dateline's command line."""

import gc
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    # Starting makes 300,000 objects that stay; looking for garbage among them again and again takes 0.1 s.
    gc.set_threshold(50_000)
    # `site` is a standard-library name, so site/ is a folder of flat modules and not a package: docs/decisions.md.
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    read_run_env()
    read_settings_or_stop()

    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        sys.exit(130)  # as a shell says it of a program that Ctrl-C ended


def read_run_env() -> None:
    """What `make run` made up (secret, sandbox keys, ports), unless the environment says how to run."""
    if "SECRET_KEY" in os.environ or "DEBUG" in os.environ:
        return
    run_env = Path(os.environ.get("DATA_DIR", ROOT / "var")) / "run.env"
    if run_env.is_file():
        import environ

        environ.Env.read_env(run_env)


def read_settings_or_stop() -> None:
    """One clear line for the operator where the environment is wrong, and no traceback."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        bool(settings.DEBUG)  # the first look at a setting reads them all
    except (ImproperlyConfigured, ValueError) as error:
        sys.exit(f"Dateline cannot start: {error}")


if __name__ == "__main__":
    main()
