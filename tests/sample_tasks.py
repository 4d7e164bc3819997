"""Tasks for the tests of the worker."""

import time
from pathlib import Path

from django.db import OperationalError
from django_tasks import task


@task(queue_name="slow")
def wait_for_file(waiting: str, told: str) -> None:
    """Says that it has begun, and ends when it is told to."""
    Path(waiting).touch()
    while not Path(told).exists():
        time.sleep(0.05)


@task
def lose_the_database(attempts: str, times: int) -> None:
    """Fails as if the database had gone away, until it has been tried often enough; counts in the file `attempts`."""
    tried = Path(attempts).stat().st_size if Path(attempts).exists() else 0
    Path(attempts).write_bytes(b"." * (tried + 1))
    if tried < times:
        raise OperationalError("server closed the connection unexpectedly")
