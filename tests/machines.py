"""What many machines share, for real and on this one: Redis and an S3 server, on free ports, ended with the test."""

import json
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from postgres import free_port
from processes import wait_for


@contextmanager
def running(*command: str, folder: Path):
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def redis(folder: Path):
    """A Redis that keeps nothing on disk; gives its URL and the process."""
    port = free_port()
    command = ("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
    with running(*command, folder=folder) as process:
        wait_for(lambda: answers(port), what="redis")
        yield f"redis://127.0.0.1:{port}/0", process


@contextmanager
def object_store(folder: Path, bucket: str):
    """An S3 server with one bucket; gives the STORAGE_URL."""
    import boto3

    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    command = (
        sys.executable,
        "-c",
        f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])",
    )
    with running(*command, folder=folder):
        wait_for(lambda: answers(port), what="the object store")
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id="sample",
            aws_secret_access_key="sample",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket=bucket)
        # As docs/operations.md has it: everybody may read the pictures, and nothing else.
        rule = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
        rule["Resource"] = f"arn:aws:s3:::{bucket}/media/*"
        client.put_bucket_policy(
            Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [rule]})
        )
        yield f"s3://{bucket}?endpoint_url={endpoint}&access_key=sample&secret_key=sample&region_name=us-east-1"


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


def status_of(url: str) -> int:
    """The status that a GET of `url` gets; 0 where nobody answers."""
    try:
        with urlopen(url, timeout=10) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0


def has_redis() -> bool:
    return shutil.which("redis-server") is not None
