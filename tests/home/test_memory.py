"""What is free goes back to the system."""

import os
from pathlib import Path

from home.memory import give_back

MEGABYTE = 1024**2


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_that_is_free_goes_back_to_the_system():
    before = resident()
    held = [bytes(2000) for _ in range(40_000)]  # small pieces, which glibc keeps for the next time
    last = bytes(2000)  # and one above them, so that they do not lie at the end
    full = resident()
    del held

    give_back()

    assert full - before > 60 * MEGABYTE
    assert full - resident() > 60 * MEGABYTE
    assert last
