"""Tasks for the tests of the worker."""

import time
from pathlib import Path

from django_tasks import task


@task(queue_name="slow")
def wait_for_file(waiting: str, told: str) -> None:
    """Says that it has begun, and ends when it is told to."""
    Path(waiting).touch()
    while not Path(told).exists():
        time.sleep(0.05)
