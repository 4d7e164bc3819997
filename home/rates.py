"""How often something may happen, as settings say it: 60/m."""

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}  # seconds


def read_rate(text: str) -> tuple[int, int]:
    """`60/m` as (60, 60): how many times in how many seconds. ValueError for what cannot be read."""
    count, _, period = text.strip().partition("/")
    if period not in PERIODS or not count.isdecimal():
        raise ValueError(f"not a rate: {text!r}")
    return int(count), PERIODS[period]
