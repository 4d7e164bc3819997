"""No picture is stored with a word about who made it, where and with what; hostile files are refused in words."""

import io
import json

import pictures
import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image
from wagtail.models import Collection, UploadedFile

from home.models import SafeImage, SafeRendition
from home.uploads import clean_picture, strip_metadata

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
PNG_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP"}
EACH_KIND = pytest.mark.parametrize(
    ("name", "drawer", "extension", "frames"),
    pictures.WITH_CANARIES,
    ids=[row[0] for row in pictures.WITH_CANARIES],
)


def stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def all_stored() -> dict[str, bytes]:
    found = {}
    if not default_storage.exists(""):
        return found
    for folder in default_storage.listdir("")[0]:
        for name in default_storage.listdir(folder)[1]:
            found[f"{folder}/{name}"] = stored(f"{folder}/{name}")
    return found


def assert_clean(data: bytes) -> None:
    """No canary as bytes, as text of a profile, or packed; no block that a picture does not need."""
    assert pictures.CANARY not in data
    assert pictures.WORDS.encode("utf-16-be") not in data
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert pictures.WORDS not in repr({k: v for k, v in image.info.items() if k != "icc_profile"})
        assert not dict(image.getexif())
        assert not {"exif", "xmp", "comment", "XML:com.adobe.xmp", "photoshop"} & image.info.keys()
        if image.format == "PNG":
            assert png_chunks(data) <= PNG_CHUNKS


def png_chunks(data: bytes) -> set[bytes]:
    kinds, at = set(), 8
    while at < len(data):
        kinds.add(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return kinds


def make_image(data: bytes, name: str) -> SafeImage:
    return SafeImage.objects.create(title="A picture", file=ImageFile(io.BytesIO(data), name=name))


# Every format --------------------------------------------------------------------------------------


@EACH_KIND
def test_a_stored_picture_and_its_renditions_carry_no_metadata(name, drawer, extension, frames):
    data = drawer()
    assert pictures.CANARY in data

    image = make_image(data, name)

    assert image.file.name.endswith(f".{extension}")
    assert_clean(stored(image.file.name))
    for spec in (
        "original",
        "width-60",
        "fill-40x40|format-jpeg",
        "max-50x50|format-webp",
        "width-50|format-avif",
        "width-50|format-png",
    ):
        assert_clean(stored(image.get_rendition(spec).file.name))
    assert all(pictures.CANARY not in data for data in all_stored().values())


@EACH_KIND
def test_a_stripped_picture_still_shows_the_same(name, drawer, extension, frames):
    data = drawer()

    clean, _ = strip_metadata(data)

    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(clean)) as after:
        assert before.size == after.size
        assert getattr(after, "n_frames", 1) == frames
        for number in range(frames):
            before.seek(number)
            after.seek(number)
            assert is_close(before.convert("RGB"), after.convert("RGB"))


@pytest.mark.parametrize(
    "drawer",
    [pictures.jpeg, pictures.progressive_jpeg, pictures.png, pictures.webp, pictures.gif, pictures.avif],
)
def test_upright_pictures_keep_every_pixel(drawer):
    data = drawer()

    clean, _ = strip_metadata(data)

    assert (
        Image.open(io.BytesIO(data)).convert("RGBA").tobytes()
        == Image.open(io.BytesIO(clean)).convert("RGBA").tobytes()
    )


def is_close(one: Image.Image, other: Image.Image) -> bool:
    points = [(10, 70), (110, 70), (110, 10)]
    return all(
        abs(a - b) < 24 for at in points for a, b in zip(one.getpixel(at), other.getpixel(at), strict=True)
    )


@pytest.mark.parametrize("drawer", [pictures.jpeg, pictures.png, pictures.webp, pictures.avif])
def test_the_orientation_is_in_the_pixels(drawer):
    image = make_image(drawer(orientation=6), "turned.jpg")

    assert (image.width, image.height) == (80, 120)
    with Image.open(io.BytesIO(stored(image.file.name))) as upright:
        assert upright.size == (80, 120)
        red, green, blue = upright.convert("RGB").getpixel((10, 110))  # top right before the turn: green
        blue_corner = upright.convert("RGB").getpixel((10, 10))  # bottom left before the turn: blue
    assert blue_corner[2] > 150 and blue_corner[0] < 90
    assert (red, green, blue) != blue_corner
    assert_clean(stored(image.file.name))


@pytest.mark.parametrize("drawer", [pictures.jpeg, pictures.png, pictures.webp, pictures.avif])
def test_the_colour_profile_stays_and_means_the_same(drawer):
    from PIL import ImageCms

    clean, _ = strip_metadata(drawer())

    profile = Image.open(io.BytesIO(clean)).info["icc_profile"]
    kept = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    given = ImageCms.ImageCmsProfile(io.BytesIO(pictures.profile()))
    colours = Image.linear_gradient("L").convert("RGB")
    through = ImageCms.buildTransform(kept, ImageCms.createProfile("LAB"), "RGB", "LAB")
    reference = ImageCms.buildTransform(given, ImageCms.createProfile("LAB"), "RGB", "LAB")
    assert (
        ImageCms.applyTransform(colours, through).tobytes()
        == ImageCms.applyTransform(colours, reference).tobytes()
    )


def test_an_animation_keeps_its_timing_and_loops():
    for drawer in (pictures.gif, pictures.animated_webp):
        data = drawer()
        before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(strip_metadata(data)[0]))
        for number in range(3):
            before.seek(number)
            after.seek(number)
            before.load()
            after.load()
            assert after.info.get("duration") == before.info.get("duration")
        assert after.info.get("loop") == before.info.get("loop")


# Every path ----------------------------------------------------------------------------------------


def add_by_form(client):
    client.post(
        reverse("wagtailimages:add"),
        {"title": "One", "file": pictures.upload(pictures.jpeg(), "one.jpg"), "collection": root()},
    )


def add_by_multiple_upload(client):
    client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "One", "files[]": pictures.upload(pictures.jpeg(), "one.jpg"), "collection": root()},
        headers={"x-requested-with": "XMLHttpRequest"},
    )


def add_by_chooser(client):
    client.post(
        reverse("wagtailimages_chooser:create"),
        {
            "image-chooser-upload-title": "One",
            "image-chooser-upload-file": pictures.upload(pictures.jpeg(), "one.jpg"),
            "image-chooser-upload-collection": root(),
        },
    )


def replace_a_file(client):
    image = make_image(pictures.png(), "first.png")
    client.post(
        reverse("wagtailimages:edit", args=[image.pk]),
        {"title": "One", "file": pictures.upload(pictures.jpeg(), "one.jpg"), "collection": root()},
    )


def save_in_code(client):
    image = SafeImage(title="One")
    image.file.save("one.jpg", ContentFile(pictures.jpeg()))


def create_in_bulk(client):
    SafeImage.objects.bulk_create(
        [SafeImage(title="One", file=ImageFile(io.BytesIO(pictures.jpeg()), "one.jpg"))]
    )


def root() -> int:
    return Collection.get_first_root_node().pk


@pytest.mark.parametrize(
    "add",
    [add_by_form, add_by_multiple_upload, add_by_chooser, replace_a_file, save_in_code, create_in_bulk],
)
def test_every_way_to_store_a_picture_strips_it(client, admin, add):
    client.force_login(admin)

    add(client)

    image = SafeImage.objects.get(title="One")
    assert_clean(stored(image.file.name))
    assert (image.width, image.height) == pictures.SIZE
    assert all(pictures.CANARY not in data for data in all_stored().values())


def test_size_and_hash_are_those_of_the_stored_file(client, admin):
    client.force_login(admin)

    add_by_form(client)

    image = SafeImage.objects.get()
    told = image.file_size, image.file_hash
    image._set_image_file_metadata()
    assert told == (image.file_size, image.file_hash)


def test_an_upload_that_waits_for_its_other_fields_is_stripped_too(client, admin):
    client.force_login(admin)

    answer = client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "t" * 300, "files[]": pictures.upload(pictures.jpeg(), "one.jpg"), "collection": root()},
        headers={"x-requested-with": "XMLHttpRequest"},
    )

    assert answer.status_code == 200
    assert_clean(stored(UploadedFile.objects.get().file.name))


def test_a_portrait_of_staff_is_stripped_too(client, admin):
    from wagtail.users.models import UserProfile

    profile = UserProfile.get_for_user(admin)
    profile.avatar = pictures.upload(pictures.jpeg(), "me.jpg")
    profile.save()

    assert_clean(stored(profile.avatar.name))


def test_neither_the_upload_nor_its_original_is_named_by_a_rendition(client, admin):
    image = make_image(pictures.jpeg(), "interview-with-a-source.jpg")

    rendition = image.get_rendition("width-60")

    names = image.file.name, rendition.file.name
    assert not any("interview" in name for name in names)
    secret = names[0].rpartition("/")[2].partition(".")[0]
    assert len(secret) >= 20 and secret not in names[1]


# Hostile files -------------------------------------------------------------------------------------


def broken_tail(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


HOSTILE = {
    "script.svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg-named.png": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page.html": lambda: b"<html><script>alert(1)</script></html>",
    "page-named.jpg": lambda: b"<html><script>alert(1)</script></html>",
    "text-named.png": lambda: b"only words",
    "nothing.jpg": lambda: b"",
    "cut-off.jpg": lambda: broken_tail(pictures.saved(pictures.draw((800, 600)), format="JPEG")),
    "cut-off.png": lambda: broken_tail(pictures.saved(pictures.draw((800, 600)), format="PNG")),
    "cut-off.webp": lambda: broken_tail(pictures.saved(pictures.draw((800, 600)), format="WEBP")),
    "cut-off.gif": lambda: broken_tail(pictures.gif()),
    "cut-off.avif": lambda: broken_tail(pictures.avif()),
    "cut-off.heic": lambda: broken_tail(pictures.heic()),
    "text-bomb.png": pictures.png_with_text_bomb,
    "huge.png": lambda: pictures.huge_png(30_000, 30_000),
    "wide.png": lambda: pictures.huge_png(2_000_000_000, 1),
    "moving.png": pictures.animated_png,
    "moving.avif": pictures.animated_avif,
    "many-frames.gif": lambda: pictures.gif_of_many_frames(2_000, 5_000),
    "other-kind.png": pictures.jpeg,
    "bitmap.bmp": lambda: pictures.saved(pictures.draw(), format="BMP"),
    "tiff-named.jpg": lambda: pictures.saved(pictures.draw(), format="TIFF"),
    "photoshop.jpg": lambda: b"8BPS\0\1" + bytes(200),
    "magic-only.webp": lambda: b"RIFF\x1a\0\0\0WEBPVP8 ",
    "magic-only.avif": lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
    "too-heavy.jpg": lambda: pictures.jpeg() + bytes(21 * 1024 * 1024),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_form_error_and_leaves_nothing(client, admin, name):
    client.force_login(admin)
    data = HOSTILE[name]()

    one = client.post(
        reverse("wagtailimages:add"),
        {"title": "One", "file": pictures.upload(data, name), "collection": root()},
    )
    many = client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "One", "files[]": pictures.upload(data, name), "collection": root()},
        headers={"x-requested-with": "XMLHttpRequest"},
    )

    assert one.status_code == 200
    assert one.context["form"].errors["file"]
    assert json.loads(many.content)["success"] is False
    assert not SafeImage.objects.exists() and not UploadedFile.objects.exists()
    assert all_stored() == {}


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"other-kind.png"}))
def test_a_hostile_file_is_refused_in_code_too(name):
    with pytest.raises(ValidationError):
        clean_picture(pictures.upload(HOSTILE[name](), name))


def test_many_frames_are_refused_whoever_saves():
    with pytest.raises(ValidationError, match="too large"):
        make_image(pictures.gif_of_many_frames(2_000, 5_000), "moving.gif")


def test_what_stands_behind_a_picture_is_not_stored():
    for drawer in (pictures.jpeg, pictures.png, pictures.webp, pictures.gif, pictures.avif):
        polyglot = drawer() + b"<script>alert('polyglot')</script>PK\x03\x04"

        assert b"polyglot" not in strip_metadata(polyglot)[0]


def test_a_path_in_the_name_goes_nowhere():
    image = make_image(pictures.jpeg(), "../../evil.jpg")

    assert image.file.name.startswith("original_images/")
    assert "evil" not in image.file.name and ".." not in image.file.name


def test_random_damage_never_raises_anything_but_a_validation_error():
    import random

    dice = random.Random(4)
    for _name, drawer, _extension, _frames in pictures.WITH_CANARIES:
        data = drawer()
        for _ in range(60):
            damaged = bytearray(data)
            for _ in range(dice.randint(1, 8)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            try:
                clean_picture(ContentFile(bytes(damaged), name="damaged.jpg"))
            except ValidationError:
                pass


def test_a_phone_picture_is_stored_as_jpeg():
    assert pillow_heif.is_supported(io.BytesIO(pictures.heic()))

    image = make_image(pictures.heic(), "phone.heic")

    assert image.file.name.endswith(".jpg")
    assert Image.open(io.BytesIO(stored(image.file.name))).format == "JPEG"
    assert SafeRendition.objects.count() == 0
