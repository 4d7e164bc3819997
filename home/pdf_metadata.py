"""A PDF without author, title, dates, programs and thumbnails: information dictionary, XMP, per-page and per-object data."""

import io

import pikepdf
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from home.containers import strip_jpeg


def strip(data: bytes) -> bytes:
    if b"%PDF-" not in data[:1024]:
        raise ValueError("not a PDF")
    try:
        return _without_metadata(data)
    except pikepdf.PasswordError as error:
        raise ValidationError(_("This PDF is locked with a password: save it without one.")) from error
    except pikepdf.PdfError as error:
        raise ValueError("a broken PDF") from error


def _without_metadata(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        _refuse_signed(pdf)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for thing in pdf.objects:
            _strip_pdf_object(thing)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _refuse_signed(pdf: pikepdf.Pdf) -> None:
    form = pdf.Root.get("/AcroForm", {})
    if "/Perms" in pdf.Root or int(form.get("/SigFlags", 0)) & 1:
        raise ValidationError(
            _(
                "This PDF is signed, and its signature would break when its author's data are taken out. Print it to a new PDF."
            )
        )


def _strip_pdf_object(thing: pikepdf.Object) -> None:
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key in ("/Metadata", "/PieceInfo", "/Thumb", "/LastModified"):
        if key in thing:
            del thing[key]
    if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") == pikepdf.Name("/DCTDecode"):
        thing.write(strip_jpeg(thing.read_raw_bytes()), filter=pikepdf.Name("/DCTDecode"))
