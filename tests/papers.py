"""Documents made for tests, with a canary in every place where their kind names an author."""

import io
import zipfile

import pictures
import pikepdf

CANARY, WORDS = pictures.CANARY, pictures.WORDS
OFFICE = {
    "docx": ("word/document.xml", "word/media/image1.jpg"),
    "xlsx": ("xl/workbook.xml", "xl/media/image1.jpg"),
    "pptx": ("ppt/presentation.xml", "ppt/media/image1.jpg"),
}


def pdf(**options) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(200, 200))
        picture = pikepdf.Stream(made, pictures.jpeg())
        picture.update(
            {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": 120, "/Height": 80}
        )
        picture.update(
            {"/ColorSpace": pikepdf.Name.DeviceRGB, "/BitsPerComponent": 8, "/Filter": pikepdf.Name.DCTDecode}
        )
        page.add_resource(picture, pikepdf.Name.XObject, pikepdf.Name("/Im0"))
        page.obj.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=pikepdf.String(WORDS)))
        made.docinfo["/Author"] = WORDS
        made.docinfo["/Producer"] = WORDS
        with made.open_metadata() as meta:
            meta["dc:creator"] = [WORDS]
        made.save(out, compress_streams=False, **options)
    return out.getvalue()


def signed_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.Root.AcroForm = pikepdf.Dictionary(SigFlags=3, Fields=pikepdf.Array())
        made.save(out)
    return out.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = CANARY
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def office(extension: str, **more: bytes) -> bytes:
    body, picture = OFFICE[extension]
    words = f"<a><b>{WORDS}</b></a>".encode()
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "docProps/core.xml": words,
            "docProps/app.xml": words,
            "docProps/custom.xml": words,
            "docProps/thumbnail.jpeg": pictures.jpeg(),
            body: b"<body>The report</body>",
            picture: pictures.jpeg(),
        }
        | more
    )


def opendocument() -> bytes:
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "meta.xml": f"<office:meta><dc:creator>{WORDS}</dc:creator></office:meta>".encode(),
            "content.xml": b"<body>The report</body>",
            "Thumbnails/thumbnail.png": pictures.png(),
            "Pictures/1.png": pictures.png(),
        }
    )


def rtf() -> bytes:
    return rb"{\rtf1\ansi{\info{\author CANARY-7f3a}{\operator a \{ CANARY-7f3a}}{\*\generator CANARY-7f3a;}The report}"


PAPERS = {
    "report.pdf": pdf,
    "report.docx": lambda: office("docx"),
    "report.xlsx": lambda: office("xlsx"),
    "report.pptx": lambda: office("pptx"),
    "report.odt": opendocument,
    "report.rtf": rtf,
}
