"""What may be uploaded as a picture, and how it is cleaned before anything is stored.

Every picture goes through `clean_picture`: the form calls it to have words for the editor, and the model field calls
it again for whatever did not come through a form (imports, commands, scripts). JPEG, PNG, WebP and GIF lose their
metadata without being encoded again: every pixel stays as it was; so do most AVIF. Encoded again, at high quality, are
pictures whose orientation lies in the metadata (it is applied to the pixels), an unusual AVIF, and HEIC (as JPEG).
"""

import hashlib
import io
import secrets
import struct
import zlib
from pathlib import PurePath

import pillow_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, ImageSequence
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile

from home.avif import strip_avif
from home.colour import clean_profile
from home.containers import strip_gif, strip_jpeg, strip_png, strip_webp

# Whatever a decoder may raise on a hostile file; each is the uploader's fault and none is ours.
DECODER_ERRORS = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, struct.error, zlib.error, Image.DecompressionBombError),
)
# Pillow's name of a format: the file's extension, and how to strip it (None: encode it again).
FORMATS = {
    "JPEG": ("jpg", strip_jpeg),
    "MPO": ("jpg", strip_jpeg),  # a JPEG with more pictures behind it; the first one stays
    "PNG": ("png", strip_png),
    "WEBP": ("webp", strip_webp),
    "GIF": ("gif", strip_gif),
    "AVIF": ("avif", strip_avif),
    "HEIF": ("jpg", None),
}
OPENED = ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF"]  # an MPO is opened as a JPEG first
SAVE_AS = {
    "jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": 95},
    "gif": {"format": "GIF"},
    "avif": {"format": "AVIF", "quality": 90, "speed": 9},
}
ORIENTATION = 0x0112
BROKEN = _("This picture could not be read. Export it again from the program that made it.")

Image.init()
pillow_heif.register_heif_opener()


class CleanPicture(ContentFile):
    """A picture that has been through `clean_picture`; nothing else may become one."""

    def __init__(self, content: bytes, extension: str):
        super().__init__(content, name=f"picture.{extension}")
        self.content_type = "image/jpeg" if extension == "jpg" else f"image/{extension}"
        self.sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()


def clean_picture(file: File) -> CleanPicture:
    """The same picture without a word about who made it, where and with what; or a ValidationError."""
    if isinstance(file, CleanPicture):
        return file
    if file.size > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
        limit = filesizeformat(settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
        raise ValidationError(_("This file is too big. The most is %(limit)s.") % {"limit": limit})
    file.seek(0)
    try:
        content, extension = strip_metadata(file.read())
    except ValidationError:
        raise
    except DECODER_ERRORS as error:
        raise ValidationError(BROKEN) from error
    return CleanPicture(content, extension)


def strip_metadata(data: bytes) -> tuple[bytes, str]:
    """Bytes of any accepted format in; clean bytes and the extension they deserve out.

    Raises ValidationError for what is no picture or too large, and any of DECODER_ERRORS for a broken one.
    """
    with Image.open(io.BytesIO(data), formats=OPENED) as image:
        extension, strip = FORMATS[image.format]
        frames = _refuse_bombs(image)
        is_turned = image.getexif().get(ORIENTATION, 1) != 1
        if strip is None or is_turned or (extension == "avif" and _stripped_avif(data) is None):
            data = _encoded_again(image, extension)
    strip = FORMATS[SAVE_AS[extension]["format"]][1]
    data = (_stripped_avif(data) or data) if extension == "avif" else strip(data)
    _read_every_frame(data, frames)
    return data, extension


def _stripped_avif(data: bytes) -> bytes | None:
    """None for an unusual one, which is clean only once it is encoded again."""
    try:
        return strip_avif(data)
    except (LookupError, ValueError, struct.error):
        return None


def still_carries_metadata(data: bytes) -> bool:
    """Would `strip_metadata` take anything out of this stored picture? Raises ValidationError when it is broken."""
    try:
        with Image.open(io.BytesIO(data), formats=OPENED) as image:
            if image.getexif().get(ORIENTATION, 1) != 1 or image.format == "HEIF":
                return True
            if image.format != "AVIF":
                return FORMATS[image.format][1](data) != data
            if stripped := _stripped_avif(data):
                return stripped != data
            # Encoding an unusual AVIF again would never come to an end: ask what it says about itself.
            profile = image.info.get("icc_profile") or b""
            return bool(image.info.get("exif") or image.info.get("xmp")) or clean_profile(profile) != profile
    except DECODER_ERRORS as error:
        raise ValidationError(BROKEN) from error


def _refuse_bombs(image: Image.Image) -> int:
    """The number of frames, once width x height x frames is known to be bearable."""
    allowed = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // max(1, image.width * image.height)
    frames = 1 if image.format in ("MPO", "HEIF") else getattr(image, "n_frames", 1)
    if image.format in ("PNG", "AVIF") and frames > 1:  # Wagtail's picture library does not know them
        raise ValidationError(_("Moving PNG and AVIF pictures are not accepted. Save it as GIF or WebP."))
    if frames > allowed:
        limit = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000
        raise ValidationError(
            _("This picture is too large: width × height × frames may be %(limit)s million pixels.")
            % {"limit": limit}
        )
    return frames


def _encoded_again(image: Image.Image, extension: str) -> bytes:
    profile = clean_profile(image.info.get("icc_profile") or b"")
    frames, durations = [], []
    if extension == "jpg" or getattr(image, "n_frames", 1) == 1:
        image.load()
        ImageOps.exif_transpose(image, in_place=True)  # no copy: phones make pictures of 200 MB in memory
        frames = [_bare(image, extension)]
    else:
        for frame in ImageSequence.Iterator(image):
            frame.load()
            durations.append(frame.info.get("duration", 0))
            frames.append(_bare(ImageOps.exif_transpose(frame), extension))
    options = {"icc_profile": profile or None, "exif": b"", **SAVE_AS[extension]}
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:], "duration": durations}
        options["loop"] = image.info.get("loop", 0)
    out = io.BytesIO()
    frames[0].save(out, **options)
    return out.getvalue()


def _bare(frame: Image.Image, extension: str) -> Image.Image:
    """The frame's pixels with nothing in `info` that an encoder might pick up."""
    frame.info = {key: value for key, value in frame.info.items() if key == "transparency"}
    if extension == "jpg" and frame.mode not in ("L", "RGB", "CMYK"):
        frame = frame.convert("RGB")
    return frame


def _read_every_frame(data: bytes, frames: int) -> None:
    """Decodes what will be stored: a file that cannot be drawn is refused now, not when a story is read."""
    with Image.open(io.BytesIO(data), formats=OPENED) as image:
        for number in range(frames):
            image.seek(number)
            image.load()


class SafeImageFieldFile(WagtailImageFieldFile):
    def save(self, name, content, save=True):
        picture = clean_picture(content)
        super().save(picture.name, picture, save=save)


class SafeImageField(WagtailImageField):
    """The last door before the disk: whoever saves, and however, stores a clean picture under a random name."""

    attr_class = SafeImageFieldFile


def random_name(filename: str) -> str:
    """A stored name that cannot be guessed and says nothing: only the extension is kept."""
    return f"{secrets.token_urlsafe(15)}.{extension_of(filename)}"


def extension_of(name: str) -> str:
    return PurePath(name).suffix.lower().lstrip(".")
