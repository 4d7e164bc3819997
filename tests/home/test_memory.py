"""What is free goes back to the system."""

import subprocess
import sys

# A process of its own, for in a used one small pieces find room that is already there.
GROWN_AND_SHRUNK = """
import os
from pathlib import Path

from home.memory import give_back


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


before = resident()
held = [bytes(2000) for _ in range(40_000)]  # small pieces, which glibc keeps for the next time
last = bytes(2000)  # and one above them, so that they do not lie at the end
full = resident()
del held
kept = resident()
give_back()
print(full - before, kept - before, resident() - before)
"""
MEGABYTE = 1024**2


def test_memory_that_is_free_goes_back_to_the_system():
    ran = subprocess.run([sys.executable, "-c", GROWN_AND_SHRUNK], capture_output=True, text=True, check=True)

    full, kept, left = (int(size) / MEGABYTE for size in ran.stdout.split())

    assert full > 70
    assert kept > 70  # else there would be nothing to give back
    assert left < 10
