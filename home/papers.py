"""Documents without their authors: what each accepted kind loses before it is stored.

PDF: author, title, dates and programs (information dictionary, XMP, per-page and per-object metadata), thumbnails,
and the metadata of the photographs inside. Word, Excel, PowerPoint and OpenDocument files: the properties files, the
thumbnail and the metadata of the photographs inside; names beside tracked changes and comments are part of the text
and stay. RTF: the information group. Text and CSV have none. A signed PDF cannot be changed without breaking its
signature, and a locked one cannot be read: both are refused in words. Zip bombs and macros are refused.
"""

import io
import re
import zipfile
import zlib
from xml.etree.ElementTree import ParseError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from home.containers import strip_gif, strip_jpeg, strip_png, strip_webp

UNPACKED_LIMIT = 300 * 1024 * 1024  # bytes of all parts of one office file
PARTS_LIMIT = 5_000
BROKEN = _("This document could not be read. Export it again from the program that made it.")
PAPER_ERRORS = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError, TypeError),
    *(ValueError, zipfile.BadZipFile, zlib.error, ParseError),
)
CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
CUSTOM = APP.replace("extended-properties", "custom-properties")
ODF_META = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3">'
    "<office:meta/></office:document-meta>"
)
BLANKED = {
    "docprops/core.xml": CORE.encode(),
    "docprops/app.xml": APP.encode(),
    "docprops/custom.xml": CUSTOM.encode(),
    "meta.xml": ODF_META.encode(),
}
PICTURES = {"jpg": strip_jpeg, "jpeg": strip_jpeg, "png": strip_png, "gif": strip_gif, "webp": strip_webp}
# The smallest picture there is, in place of a thumbnail: the list of parts still names one.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)


def strip_paper(data: bytes, extension: str) -> bytes:
    """The document's bytes without its metadata. Raises ValidationError, or one of PAPER_ERRORS when it is broken."""
    return STRIPPERS[extension](data)


def strip_pdf(data: bytes) -> bytes:
    from home import pdf_metadata  # pikepdf: 5 MB that only a process which is given a PDF needs

    return pdf_metadata.strip(data)


def strip_office(data: bytes) -> bytes:
    """Word, Excel, PowerPoint, OpenDocument: a zip of parts, written anew with blank properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(out, "w") as clean:
        names = {part.filename for part in parts.infolist()}
        if not names & {"[Content_Types].xml", "mimetype"}:
            raise ValueError("a zip, but no office file")
        _refuse_zip_bomb(parts)
        for part in parts.infolist():
            clean.writestr(*_clean_part(parts, part))
    return out.getvalue()


def _refuse_zip_bomb(parts: zipfile.ZipFile) -> None:
    sizes = [part.file_size for part in parts.infolist()]
    if len(sizes) > PARTS_LIMIT or sum(sizes) > UNPACKED_LIMIT:
        raise ValidationError(_("This document is too large when it is unpacked."))
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts.infolist()):
        raise ValidationError(_("This document holds macros. Save it without them."))


def _clean_part(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[zipfile.ZipInfo, bytes]:
    """A part under a header of its own (no date, no comment, no extra field), and its clean content."""
    header = zipfile.ZipInfo(part.filename)
    # An OpenDocument's first part says what it is and must stay readable in the raw file.
    header.compress_type = zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
    name = part.filename.lower()
    if name in BLANKED:
        return header, BLANKED[name]
    if "thumbnail" in name and not name.endswith(("/", ".xml", ".rels")):
        return header, DOT
    content = parts.read(part)
    strip = PICTURES.get(name.rpartition(".")[2])
    if strip:
        try:
            content = strip(content)
        except PAPER_ERRORS:
            content = DOT  # a picture that cannot be read cannot be vouched for
    return header, content


def strip_rtf(data: bytes) -> bytes:
    if not data.startswith(b"{\\rtf"):
        raise ValueError("not an RTF")
    while found := re.search(rb"\{(?:\\\*)?\s*\\(?:info|userprops|xmlnstbl|rsidtbl|generator)\b", data):
        data = data[: found.start()] + data[_end_of_group(data, found.start()) :]
    return data


def _end_of_group(data: bytes, start: int) -> int:
    depth = 0
    for brace in re.finditer(rb"\\.|[{}]", data[start:], re.DOTALL):
        depth += {b"{": 1, b"}": -1}.get(brace.group(), 0)
        if depth == 0:
            return start + brace.end()
    raise ValueError("an RTF group has no end")


def strip_text(data: bytes) -> bytes:
    if b"\0" in data:
        raise ValueError("not a text")
    return data


STRIPPERS = {
    "csv": strip_text,
    "docx": strip_office,
    "odp": strip_office,
    "ods": strip_office,
    "odt": strip_office,
    "pdf": strip_pdf,
    "pptx": strip_office,
    "rtf": strip_rtf,
    "txt": strip_text,
    "xlsx": strip_office,
}
