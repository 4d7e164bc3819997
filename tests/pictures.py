"""Pictures drawn for tests, with a canary in every place where a format can hide words."""

import io
import struct
import zlib

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image, ImageCms, ImageDraw, PngImagePlugin

CANARY = b"CANARY-7f3a"
WORDS = CANARY.decode()
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:creator>{WORDS}</rdf:creator></x:xmpmeta>'.encode()
SIZE = (120, 80)


def draw(size=SIZE, mode="RGB", shift=0) -> Image.Image:
    """Four differently coloured corners, so that a turn of the picture can be seen in its pixels."""
    image = Image.new("RGB", size, (200, 30, 30))
    pen = ImageDraw.Draw(image)
    width, height = size
    pen.rectangle([width // 2, 0, width, height // 2], fill=(30, 200, 30))
    pen.rectangle([0, height // 2, width // 2, height], fill=(30, 30, 200))
    pen.ellipse([shift, shift, shift + 20, shift + 20], fill=(255, 255, 255))
    return image.convert(mode)


def exif(orientation: int = 1) -> bytes:
    tags = Image.Exif()
    tags[ExifTags.Base.Artist] = WORDS
    tags[ExifTags.Base.Make] = WORDS
    tags[ExifTags.Base.ImageDescription] = WORDS
    tags[ExifTags.Base.Orientation] = orientation
    tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = WORDS
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (34.0, 48.0, 17.0), 3: "E", 4: (38.0, 59.0, 3.0), 29: WORDS}
    )
    return tags.tobytes()


def profile() -> bytes:
    """A colour profile whose copyright holds the canary."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    words = CANARY.decode().encode("utf-16-be")
    (count,) = struct.unpack_from(">I", data, 128)
    for number in range(count):
        name, offset, size = struct.unpack_from(">4sII", data, 132 + 12 * number)
        if name == b"cprt":
            assert size >= 28 + len(words)
            data[offset + 28 : offset + 28 + len(words)] = words
            return bytes(data)
    raise AssertionError("the profile has no copyright")


def saved(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def jpeg(orientation: int = 1) -> bytes:
    data = saved(
        draw(),
        format="JPEG",
        quality=92,
        exif=exif(orientation),
        comment=CANARY,
        xmp=XMP,
        icc_profile=profile(),
    )
    thumbnail = saved(draw((16, 16)), format="JPEG", comment=CANARY)
    photoshop = (
        b"Photoshop 3.0\x008BIM\x04\x04\0\0"
        + struct.pack(">I", 5 + len(CANARY))
        + b"\x1c\x02\x50\0\x0b"
        + CANARY
    )
    extra = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
        for marker, body in [
            (0xED, photoshop),
            (0xE5, CANARY),
            (0xE0, b"JFXX\0\x10" + thumbnail),
            (0xE2, b"MPF\0" + CANARY),
        ]
    )
    return data[:2] + extra + data[2:] + thumbnail + CANARY


def progressive_jpeg() -> bytes:
    return saved(draw(), format="JPEG", progressive=True, exif=exif(), comment=CANARY)


def png(orientation: int = 1) -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", WORDS)
    words.add_text("Comment", WORDS, zip=True)
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    words.add(b"prVt", CANARY, after_idat=True)
    data = saved(
        draw(mode="RGBA"), format="PNG", pnginfo=words, exif=exif(orientation), icc_profile=profile()
    )
    return data + CANARY


def animated_png() -> bytes:
    frames = [draw(shift=n * 5) for n in range(3)]
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", WORDS)
    return saved(frames[0], format="PNG", save_all=True, append_images=frames[1:], duration=80, pnginfo=words)


def webp(orientation: int = 1) -> bytes:
    return saved(draw(), format="WEBP", exif=exif(orientation), xmp=XMP, icc_profile=profile()) + CANARY


def animated_webp() -> bytes:
    frames = [draw(shift=n * 5) for n in range(3)]
    return saved(
        frames[0], format="WEBP", save_all=True, append_images=frames[1:], duration=80, exif=exif(), xmp=XMP
    )


def avif(orientation: int = 1) -> bytes:
    return saved(draw(), format="AVIF", exif=exif(orientation), xmp=XMP, icc_profile=profile())


def animated_avif() -> bytes:
    frames = [draw(shift=n * 5) for n in range(3)]
    return saved(
        frames[0], format="AVIF", save_all=True, append_images=frames[1:], duration=80, exif=exif(), xmp=XMP
    )


def gif() -> bytes:
    frames = [draw(mode="P", shift=n * 5) for n in range(3)]
    data = saved(
        frames[0], format="GIF", save_all=True, append_images=frames[1:], duration=80, loop=0, comment=CANARY
    )
    xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(CANARY)]) + CANARY + b"\0"
    words = b"\x21\x01\x0c" + bytes(12) + bytes([len(CANARY)]) + CANARY + b"\0"
    start = 13 + (3 << (data[10] & 7) + 1)
    return data[:start] + xmp + words + data[start:] + b"<script>" + CANARY + b"</script>"


def heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(draw()).save(out, exif=exif(), xmp=XMP)
    return out.getvalue()


def upload(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/octet-stream")


# name of the upload, drawer, extension as stored, frames
WITH_CANARIES = [
    ("photo.jpg", jpeg, "jpg", 1),
    ("progressive.jpeg", progressive_jpeg, "jpg", 1),
    ("drawing.png", png, "png", 1),
    ("photo.webp", webp, "webp", 1),
    ("moving.webp", animated_webp, "webp", 3),
    ("photo.avif", avif, "avif", 1),
    ("moving.gif", gif, "gif", 3),
    ("phone.heic", heic, "jpg", 1),
]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be width x height."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 9))
        + png_chunk(b"IEND", b"")
    )


def png_with_text_bomb() -> bytes:
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 200_000_000, 1))
    data = saved(draw(), format="PNG")
    return data[:33] + text + data[33:]


def gif_of_many_frames(frames: int, size: int) -> bytes:
    """A GIF on a canvas of size x size whose frames are one pixel each."""
    header = b"GIF89a" + struct.pack("<HHBBB", size, size, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return header + frame * frames + b";"
