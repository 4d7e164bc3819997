"""What takes long to make and is the same for every process of the tests: the first one makes it, the others wait."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def made_once(place: Path) -> Iterator[Path | None]:
    """Gives where to make the file or folder, which then moves to `place`; None where it stands already."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.exists():
            yield None
            return
        part = place.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.unlink(missing_ok=True)
        yield part
        part.rename(place)
