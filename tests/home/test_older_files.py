"""Files that came past the doors are found, listed for editors and cleaned."""

from io import StringIO

import papers
import pictures
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse

from home.models import SafeDocument, SafeImage, UnstrippedFile
from home.papers import STRIPPERS, strip_paper
from home.uploads import still_carries_metadata, strip_metadata

pytestmark = pytest.mark.django_db
REPORT = "/admin/reports/unstripped-files/"


def overwrite(stored, data: bytes) -> None:
    """Puts other bytes behind a stored file's back, as an older version or a copied disk would have left them."""
    storage, name = stored.file.storage, stored.file.name
    storage.delete(name)
    with open(storage.path(name), "wb") as file:
        file.write(data)


@pytest.fixture
def old_image(page_tree):
    image = SafeImage.objects.create(title="Old picture", file=ContentFile(pictures.jpeg(), name="one.jpg"))
    overwrite(image, pictures.jpeg())
    image.get_rendition("width-60|format-jpeg")
    return image


@pytest.fixture
def old_document(db):
    document = SafeDocument.objects.create(
        title="Old words", file=ContentFile(papers.rtf(), name="words.rtf")
    )
    overwrite(document, papers.rtf())
    return document


def command(*arguments) -> str:
    out = StringIO()
    call_command("clean_uploads", *arguments, stdout=out)
    return out.getvalue()


def content(stored) -> bytes:
    stored.refresh_from_db()
    with stored.file.storage.open(stored.file.name) as file:
        return file.read()


def test_listing_changes_nothing(old_image, old_document):
    text = command("--list")

    assert "Old picture" in text and "Old words" in text and "found: 2" in text
    assert pictures.CANARY in content(old_image)


def test_cleaning_takes_file_and_renditions_away(old_image, old_document, django_capture_on_commit_callbacks):
    old_names = [old_image.file.name, old_image.renditions.get().file.name]
    assert pictures.CANARY in default_storage.open(old_names[1]).read()

    with django_capture_on_commit_callbacks(execute=True):
        text = command()

    assert "found: 2, cleaned: 2, left: 0" in text
    assert pictures.CANARY not in content(old_image) and pictures.CANARY not in content(old_document)
    assert not any(default_storage.exists(name) for name in old_names)
    assert pictures.CANARY not in content(old_image.get_rendition("width-60|format-jpeg"))
    assert "found: 0" in command()


def test_a_file_that_cannot_be_read_is_named_and_left(old_image):
    overwrite(old_image, b"no picture")

    text = command()

    assert "cleaned: 0, left: 1" in text
    assert UnstrippedFile.objects.get().problem


@pytest.mark.parametrize("drawer", [row[1] for row in pictures.WITH_CANARIES])
def test_what_was_stripped_is_never_found_again(drawer):
    data = drawer()
    assert still_carries_metadata(data)

    assert not still_carries_metadata(strip_metadata(data)[0])


@pytest.mark.parametrize("kind", sorted(set(STRIPPERS) - {"odp", "ods", "csv", "txt"}))
def test_a_stripped_document_stays_as_it_is(kind):
    clean = strip_paper(papers.PAPERS[f"report.{kind}"](), kind)

    assert strip_paper(clean, kind) == clean


def test_the_report_lists_looks_and_cleans(client, admin, old_image, django_capture_on_commit_callbacks):
    client.force_login(admin)
    assert "Old picture" not in client.get(REPORT).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("unstripped_files_act", args=["look"]))
    page = client.get(REPORT).content.decode()
    assert "Old picture" in page and f"/admin/images/{old_image.pk}/" in page

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("unstripped_files_act", args=["clean"]))
    assert "Old picture" not in client.get(REPORT).content.decode()
    assert pictures.CANARY not in content(old_image)


def test_the_report_is_for_those_who_may_change_pictures(client, outsider, fundraiser, editor, old_image):
    for user in (outsider, fundraiser):
        client.force_login(user)
        assert client.get(REPORT).status_code == 302
        assert client.post(reverse("unstripped_files_act", args=["look"])).status_code == 302
    client.force_login(editor)
    assert client.get(reverse("unstripped_files_act", args=["look"])).status_code in (302, 405)
