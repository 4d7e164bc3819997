"""Files that came in before the doors stood, or past them: looked for, listed and cleaned."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django_tasks import task

from home.documents import clean_document
from home.models import SafeDocument, SafeImage, UnstrippedFile
from home.pagecache.generation import removed
from home.uploads import clean_picture, still_carries_metadata

Stored = SafeImage | SafeDocument


def look() -> int:
    """Reads every stored file and writes down those that carry metadata; gives how many."""
    UnstrippedFile.objects.all().delete()
    found = 0
    for stored in every_file():
        if problem := needs_cleaning(stored):
            found += 1
            UnstrippedFile.objects.create(**{field_of(stored): stored, "problem": problem.strip()})
    return found


def clean_all() -> tuple[int, int]:
    """Cleans what the last look found: (cleaned, left because it could not be read)."""
    cleaned = 0
    for finding in UnstrippedFile.objects.select_related("image", "document"):
        try:
            clean(finding.file)
        except (ValidationError, OSError) as error:
            finding.problem = " ".join(
                error.messages if isinstance(error, ValidationError) else [str(error)]
            )[:200]
            finding.save(update_fields=["problem"])
        else:
            finding.delete()
            cleaned += 1
    return cleaned, UnstrippedFile.objects.count()


def every_file() -> Iterator[Stored]:
    yield from SafeImage.objects.order_by("pk").iterator(chunk_size=100)
    yield from SafeDocument.objects.order_by("pk").iterator(chunk_size=100)


def field_of(stored: Stored) -> str:
    return "image" if isinstance(stored, SafeImage) else "document"


def needs_cleaning(stored: Stored) -> str:
    """Nothing when the file is clean; else why it cannot be cleaned, or a blank when it can."""
    try:
        data = content_of(stored)
        if isinstance(stored, SafeImage):
            return " " if still_carries_metadata(data) else ""
        return "" if clean_copy(stored, data).read() == data else " "
    except ValidationError as error:
        return " ".join(error.messages)[:200]
    except OSError:
        return "The file is missing."


def content_of(stored: Stored) -> bytes:
    with stored.file.storage.open(stored.file.name, "rb") as file:
        return file.read()


def clean_copy(stored: Stored, data: bytes):
    clean = clean_picture if isinstance(stored, SafeImage) else clean_document
    return clean(ContentFile(data, name=stored.file.name.rpartition("/")[2]))


def clean(stored: Stored) -> None:
    """Puts a clean copy under a new name, then takes the old file and all that was made from it away."""
    copy = clean_copy(stored, content_of(stored))
    old, storage = stored.file.name, stored.file.storage
    with transaction.atomic():
        stored.file = copy
        stored.save()
        if isinstance(stored, SafeImage):
            stored.renditions.all().delete()  # their files go with them
        transaction.on_commit(lambda: storage.delete(old))
        removed()  # kept pages name pictures that are gone


@task(queue_name="slow")
def look_again() -> None:
    look()


@task(queue_name="slow")
def clean_found() -> None:
    clean_all()
