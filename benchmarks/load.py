"""Load on one address of this machine: wrk where it is installed, else Python threads."""

import http.client
import re
import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECTIONS = 32


@dataclass(frozen=True)
class Load:
    """What one run brought: requests a second, milliseconds at the median and at the 99th percentile, failures."""

    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


def measure(
    url: str, seconds: float, connections: int = CONNECTIONS, headers: dict[str, str] | None = None
) -> Load:
    """Loads `url` for `seconds`; refuses any address but this machine's."""
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
        raise ValueError(f"benchmarks load this machine only, not {url}")
    wrk = shutil.which("wrk")
    return (
        with_wrk(wrk, url, seconds, connections, headers or {})
        if wrk
        else with_threads(url, seconds, headers or {})
    )


def with_wrk(wrk: str, url: str, seconds: float, connections: int, headers: dict[str, str]) -> Load:
    extra = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [wrk, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency", *extra, url]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    failed = sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    for numbers in re.findall(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text):
        failed += sum(map(int, numbers))
    return Load(
        per_second=float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        p50_ms=quantile(text, 50),
        p99_ms=quantile(text, 99),
        failed=failed,
    )


def quantile(text: str, percent: int) -> float:
    """Milliseconds, from wrk's table of latencies; 0 where nothing was answered in time."""
    found = re.search(rf"^ +{percent}% +([\d.]+)(us|ms|s|m)$", text, re.M)
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[found[2]] if found else 0.0


def with_threads(url: str, seconds: float, headers: dict[str, str], threads: int = 8) -> Load:
    parts = urlsplit(url)
    times: list[float] = []
    failures: list[int] = []
    until = time.monotonic() + seconds

    def reader() -> None:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        while time.monotonic() < until:
            begun = time.perf_counter()
            connection.request(
                "GET", parts.path + ("?" + parts.query if parts.query else ""), headers=headers
            )
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status >= 400:
                failures.append(answer.status)

    readers = [threading.Thread(target=reader) for _ in range(threads)]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join()
    cuts = statistics.quantiles(times, n=100)
    return Load(len(times) / seconds, statistics.median(times), cuts[98], len(failures))
