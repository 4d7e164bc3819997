"""Pictures drawn by the project: layers of land under a sky. The same words always give the same picture."""

import io
import math
import random

from PIL import Image, ImageDraw

SIZE = (1600, 1000)  # pixels
# Sky, and the land from far to near.
PALETTES = (
    ((226, 232, 233), (190, 204, 206), (148, 168, 170), (100, 124, 128), (58, 80, 86), (28, 44, 50)),
    ((240, 230, 214), (220, 200, 172), (190, 162, 128), (148, 118, 88), (98, 76, 58), (52, 40, 32)),
    ((216, 226, 216), (176, 196, 178), (132, 160, 138), (90, 122, 100), (54, 84, 66), (26, 48, 38)),
    ((232, 222, 230), (204, 186, 202), (166, 146, 168), (120, 104, 128), (78, 66, 88), (40, 34, 50)),
)


def draw(kind: str, words: str) -> bytes:
    """A JPEG of hills, plain, water or town; `words` choose its shape and colours."""
    chance = random.Random(f"{kind}:{words}")  # noqa: S311 - a drawing, not a secret
    sky, *lands = chance.choice(PALETTES)
    image = Image.new("RGB", SIZE, sky)
    pen = ImageDraw.Draw(image)
    for number, colour in enumerate(lands):
        pen.polygon(ridge(chance, kind, number, len(lands)), fill=colour)
        if kind == "town" and number in (2, 3):
            houses(chance, pen, colour, number)
    if kind == "water":
        reflections(chance, pen, sky, lands[1])
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def ridge(chance: random.Random, kind: str, number: int, layers: int) -> list[tuple[float, float]]:
    """The outline of one layer, from left to right and back along the bottom."""
    width, height = SIZE
    roughness = {"hills": 0.16, "plain": 0.03, "water": 0.07, "town": 0.06}[kind]
    base = height * (0.32 + 0.62 * (number + 1) / (layers + 1))
    waves = [
        (roughness * height / (wave + 1), chance.uniform(0.6, 1.6) * (wave + 1), chance.uniform(0, math.tau))
        for wave in range(4)
    ]
    line = [
        (x, base + sum(tall * math.sin(often * math.tau * x / width + start) for tall, often, start in waves))
        for x in range(0, width + 20, 20)
    ]
    return [*line, (width, height), (0, height)]


def houses(chance: random.Random, pen: ImageDraw.ImageDraw, colour: tuple, number: int) -> None:
    width, height = SIZE
    x = 0
    while x < width:
        wide, tall = chance.randint(50, 130), chance.randint(60, 190)
        top = height * (0.34 + 0.14 * number) - tall
        pen.rectangle((x, top, x + wide, height), fill=colour)
        if chance.random() < 0.4:
            pen.rectangle((x + wide * 0.4, top + 24, x + wide * 0.4 + 12, top + 42), fill=(244, 224, 170))
        x += wide + chance.choice((0, 0, 12))


def reflections(chance: random.Random, pen: ImageDraw.ImageDraw, sky: tuple, land: tuple) -> None:
    width, height = SIZE
    pen.rectangle((0, height * 0.62, width, height), fill=land)
    for _ in range(90):
        y = chance.uniform(height * 0.63, height)
        x = chance.uniform(-100, width)
        pen.line((x, y, x + chance.uniform(60, 340), y), fill=sky, width=chance.choice((1, 2, 3)))
