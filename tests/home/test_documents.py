"""Documents: no author's data, nothing that runs, and nobody reads a private one by another road."""

import io
import zipfile

import papers
import pictures
import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction

from home.documents import clean_document
from home.models import SafeDocument, SafeImage
from home.papers import strip_paper

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
CANARY = pictures.CANARY


def unpacked(data: bytes) -> bytes:
    """Everything that can be read out of a file: its bytes, and the parts of a zip or the streams of a PDF."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return data + b"".join(parts.read(name) for name in parts.namelist())
    if data[:4] == b"%PDF":
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as made:
            made.save(out, qdf=True, stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
        return data + out.getvalue()
    return data


def make_document(data: bytes, name: str, **fields) -> SafeDocument:
    return SafeDocument.objects.create(title="A report", file=ContentFile(data, name=name), **fields)


@pytest.mark.parametrize("name", papers.PAPERS)
def test_a_stored_document_names_no_author(name):
    data = papers.PAPERS[name]()
    assert CANARY in unpacked(data)

    document = make_document(data, name)

    with document.open_file() as file:
        kept = file.read()
    assert CANARY not in unpacked(kept)
    assert document.filename == name
    assert document.file_size == len(kept)


def test_what_a_document_says_is_still_there():
    kept = strip_paper(papers.office("docx"), "docx")
    assert zipfile.ZipFile(io.BytesIO(kept)).read("word/document.xml") == b"<body>The report</body>"
    assert b"The report" in strip_paper(papers.rtf(), "rtf")
    with pikepdf.open(io.BytesIO(strip_paper(papers.pdf(), "pdf"))) as made:
        assert len(made.pages) == 1 and "/Im0" in made.pages[0].Resources.XObject
    odt = zipfile.ZipFile(io.BytesIO(strip_paper(papers.opendocument(), "odt")))
    assert odt.namelist()[0] == "mimetype" and odt.infolist()[0].compress_type == zipfile.ZIP_STORED


def bomb() -> bytes:
    """A workbook of 300 kB that unpacks to more than 300 MB."""
    out = io.BytesIO(papers.office("xlsx"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as made, made.open("xl/sheet.xml", "w") as sheet:
        for _ in range(301):
            sheet.write(bytes(1024 * 1024))
    return out.getvalue()


HOSTILE = {
    "page.html": lambda: b"<script>alert(1)</script>",
    "drawing.svg": lambda: b"<svg/>",
    "program.exe": lambda: b"MZ",
    "page.pdf": lambda: b"<html><script>alert(1)</script></html>",
    "cut.pdf": lambda: papers.pdf()[:300],
    "signed.pdf": papers.signed_pdf,
    "locked.pdf": lambda: papers.pdf(encryption=pikepdf.Encryption(user="a", owner="b")),
    "cut.docx": lambda: papers.office("docx")[:200],
    "archive.docx": lambda: papers.zipped({"evil.html": b"<script>"}),
    "macros.docx": lambda: papers.office("docx", **{"word/vbaProject.bin": b"x"}),
    "bomb.xlsx": bomb,
    "binary.csv": lambda: b"a,b\0c",
    "words.rtf": lambda: b"{\\rtf1{\\info no end",
    "none": lambda: b"x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_a_form_error_and_leaves_nothing(client, admin, name):
    client.force_login(admin)
    data = HOSTILE[name]()

    answer = client.post(
        reverse("wagtaildocs:add"),
        {
            "title": "One",
            "file": pictures.upload(data, name),
            "collection": Collection.get_first_root_node().pk,
        },
    )

    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not SafeDocument.objects.exists()
    with pytest.raises(ValidationError):
        clean_document(ContentFile(data, name=name))


def test_a_document_is_handed_out_as_an_attachment_with_a_policy_of_its_own(client):
    document = make_document(papers.pdf(), "report.pdf")

    answer = client.get(document.url)

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert (
        "default-src 'none'" in answer["Content-Security-Policy"]
        and "sandbox" in answer["Content-Security-Policy"]
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


def test_a_private_document_has_one_door(client, admin):
    collection = Collection.get_first_root_node().add_child(name="Sources")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    document = make_document(papers.pdf(), "report.pdf", collection=collection)

    assert client.get(document.url).status_code == 302
    for path in (
        document.file.name,
        f"../private/{document.file.name}",
        f"images/../../private/{document.file.name}",
    ):
        assert client.get(f"/media/{path}").status_code == 404
    assert not storages["default"].exists(document.file.name)
    with pytest.raises(NotImplementedError):
        storages["private"].url(document.file.name)

    client.force_login(admin)
    answer = client.get(document.url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_a_restricted_document_is_not_named_in_another_way(client):
    document = make_document(papers.pdf(), "report.pdf")

    assert client.get(f"/documents/{document.pk}/other.pdf").status_code == 404
    assert client.get(f"/documents/{document.pk}/sub/report.pdf").status_code == 404


def test_a_replaced_document_takes_the_old_file_away(client, admin):
    document = make_document(papers.pdf(), "report.pdf")
    old = document.file.name
    client.force_login(admin)

    client.post(
        reverse("wagtaildocs:edit", args=[document.pk]),
        {
            "title": "Two",
            "file": pictures.upload(papers.rtf(), "new.rtf"),
            "collection": document.collection_id,
        },
    )

    document.refresh_from_db()
    assert document.filename == "new.rtf"
    assert not storages["private"].exists(old)
    assert storages["private"].exists(document.file.name)


# Pictures under /media/ ----------------------------------------------------------------------------


def test_a_picture_is_served_with_debug_off_and_kept_for_long(client, settings):
    image = SafeImage.objects.create(title="One", file=ContentFile(pictures.jpeg(), name="one.jpg"))
    rendition = image.get_rendition("width-60")

    answer = client.get(rendition.url)

    assert not settings.DEBUG
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert "immutable" in answer["Cache-Control"] and answer["Cache-Control"].startswith("public")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    assert (
        client.get(rendition.url, headers={"If-Modified-Since": answer["Last-Modified"]}).status_code == 304
    )


def test_media_hands_out_pictures_alone(client, settings):
    (settings.MEDIA_ROOT / "wagtail_uploads").mkdir(parents=True)
    (settings.MEDIA_ROOT / "wagtail_uploads" / "waiting.jpg").write_bytes(b"x")
    (settings.MEDIA_ROOT / "stray.txt").write_bytes(b"x")

    for path in (
        "wagtail_uploads/waiting.jpg",
        "stray.txt",
        "",
        "images/",
        "images/../stray.txt",
        "images/%2e%2e/stray.txt",
    ):
        assert client.get(f"/media/{path}").status_code == 404
    assert client.post("/media/stray.txt").status_code == 405


def test_pictures_of_a_private_collection_are_for_those_who_may(client, admin):
    collection = Collection.get_first_root_node().add_child(name="Sources")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    image = SafeImage.objects.create(
        title="One", file=ContentFile(pictures.jpeg(), name="one.jpg"), collection=collection
    )
    open_image = SafeImage.objects.create(title="Two", file=ContentFile(pictures.jpeg(), name="two.jpg"))
    addresses = [image.file.url, image.get_rendition("width-60").url]

    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.get(open_image.file.url).status_code == 200

    client.force_login(admin)
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all(answer["Cache-Control"] == "private, no-store" for answer in answers)
