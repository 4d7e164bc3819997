"""The picture that stands beside a shared link: the page's own, or one drawn from its title."""

import hashlib
from io import BytesIO

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont
from wagtail.models import Page

from home.models import OrganisationSettings
from home.publication import public_pages

WIDTH, HEIGHT = 1200, 630  # pixels, as the networks ask
PAPER, INK, QUIET = "#fbfbfa", "#14191d", "#4b555c"
MARGIN = 80
SIZES = (84, 72, 60, 50, 42)  # of the title's letters; the first that fits in MOST_LINES
MOST_LINES = 5
KEPT_FOR = 24 * 3600  # seconds


def address(page: Page) -> str:
    """Path of the drawn picture; another title is another address."""
    name = OrganisationSettings.load().name
    digest = hashlib.sha256(f"{name}\n{page.title}".encode()).hexdigest()[:10]
    return f"/share/{page.pk}-{digest}.png"


@require_safe
def drawn(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """The picture of a public page, drawn once and kept. Only a page's own address draws: no other fills the cache."""
    page = get_object_or_404(public_pages(Page), pk=pk)
    if request.path != address(page):
        raise Http404("The title has changed")
    key = f"share-{pk}-{digest}"
    picture = cache.get(key)
    if picture is None:
        picture = draw(page.title, OrganisationSettings.load().name)
        cache.set(key, picture, KEPT_FOR)
    return HttpResponse(picture, content_type="image/png")


def draw(title: str, name: str) -> bytes:
    """The name over a running line, the title below it; a PNG."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    small = ImageFont.load_default(44)
    pen.text((MARGIN, MARGIN), name if is_writable(name) else "", INK, small)
    pen.rectangle((MARGIN, MARGIN + 80, WIDTH - MARGIN, MARGIN + 86), fill=INK)
    if is_writable(title):
        font, lines = fitted(pen, title)
        pen.multiline_text((MARGIN, MARGIN + 126), "\n".join(lines), INK, font, spacing=14)
    pen.text((MARGIN, HEIGHT - MARGIN - 30), settings.SITE_HOST or "", QUIET, ImageFont.load_default(30))
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def fitted(pen: ImageDraw.ImageDraw, title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    for size in SIZES:
        font = ImageFont.load_default(size)
        lines = wrapped(pen, title, font)
        if len(lines) <= MOST_LINES and len(lines) * (size + 14) < HEIGHT - 3 * MARGIN - 100:
            return font, lines
    return font, [*lines[: MOST_LINES - 1], "…"] if len(lines) > MOST_LINES else lines


def wrapped(pen: ImageDraw.ImageDraw, title: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font) <= WIDTH - 2 * MARGIN or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def is_writable(text: str) -> bool:
    """Pillow's own face has Latin letters only: other scripts are left out rather than drawn as boxes."""
    return all(ord(sign) < 0x250 or 0x2010 <= ord(sign) <= 0x2026 for sign in text)
