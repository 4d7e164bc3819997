"""Where files lie: a full disk leaves no half a file, and an object store works like a disk."""

import io
import socket

import pictures
import pytest
from disk import disk_that_takes, files_below
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage, storages

from home.models import SafeDocument, SafeImage
from home.storage import StorageFailed
from home.storage_url import read_storage_url


def test_a_save_that_fails_half_way_leaves_no_file(settings):
    with disk_that_takes(100_000), pytest.raises(StorageFailed):
        default_storage.save("images/big.jpg", ContentFile(bytes(300_000)))

    assert files_below(settings.MEDIA_ROOT) == []


def test_a_failed_save_takes_nobody_elses_file_away(settings):
    name = default_storage.save("images/one.jpg", ContentFile(b"first"))

    with disk_that_takes(100_000), pytest.raises(StorageFailed):
        default_storage.save("images/one.jpg", ContentFile(bytes(300_000)))

    assert default_storage.open(name).read() == b"first"
    assert len(files_below(settings.MEDIA_ROOT)) == 1


# Object store ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("s3://bucket?endpoint_url=http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("s3://bucket?endpoint_url=https://minio.example.org/", "https://minio.example.org"),
        ("s3://bucket?region_name=eu-central-1", "https://bucket.s3.eu-central-1.amazonaws.com"),
        ("s3://bucket?custom_domain=cdn.example.org", "https://cdn.example.org"),
    ],
)
def test_a_storage_address_says_where_pictures_come_from(url, origin):
    entries, origins = read_storage_url(url)

    assert origins == [origin]
    assert entries["default"]["OPTIONS"]["bucket_name"] == "bucket"
    assert entries["private"]["OPTIONS"]["querystring_auth"] is True
    assert "custom_domain" not in entries["private"]["OPTIONS"]


@pytest.mark.parametrize("url", ["s3://", "ftp://bucket", "s3://bucket?typo=1", "bucket"])
def test_a_wrong_storage_address_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        read_storage_url(url)


@pytest.fixture
def object_store(monkeypatch):
    """A real S3 server of the tests' own, on a free port of this machine."""
    from moto.server import ThreadedMotoServer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.mark.django_db
def test_an_object_store_holds_pictures_and_documents(object_store, settings, client, monkeypatch):
    import urllib.request

    import boto3

    boto3.client("s3", endpoint_url=object_store, region_name="us-east-1").create_bucket(Bucket="files")
    entries, _ = read_storage_url(f"s3://files?endpoint_url={object_store}&region_name=us-east-1")
    settings.STORAGES = settings.STORAGES | entries
    # A field takes its storage when the process starts; this process started with a disk.
    monkeypatch.setattr(SafeDocument._meta.get_field("file"), "storage", storages["private"])
    image = SafeImage.objects.create(title="One", file=ImageFile(io.BytesIO(pictures.jpeg()), "one.jpg"))
    rendition = image.get_rendition("width-60")
    document = SafeDocument.objects.create(title="Two", file=ContentFile(b"a,b", name="two.csv"))

    assert image.file.url.startswith(f"{object_store}/files/media/original_images/")
    assert "?" not in rendition.url
    assert pictures.CANARY not in default_storage.open(image.file.name).read()
    answer = client.get(document.url)
    assert answer.status_code == 302
    assert "/files/private/documents/" in answer["Location"] and "Signature" in answer["Location"]
    assert urllib.request.urlopen(answer["Location"]).read() == b"a,b"
    assert client.get(f"/media/{image.file.name}").status_code == 404


@pytest.mark.django_db
def test_an_object_store_that_is_gone_is_a_failed_save(settings, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    entries, _ = read_storage_url("s3://files?endpoint_url=http://127.0.0.1:9&region_name=us-east-1")
    settings.STORAGES = settings.STORAGES | entries

    with pytest.raises(StorageFailed):
        storages["private"].save("one.csv", ContentFile(b"a,b"))
