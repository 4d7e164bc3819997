"""Memory that is free goes back to the system: small machines have little, and glibc keeps what a picture needed."""

import ctypes

TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; other libraries have none


def give_back() -> None:
    if TRIM:
        TRIM(0)
