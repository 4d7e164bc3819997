"""The fonts of printed papers: Noto (SIL Open Font License), out of packages that hold nothing else.

The packages bring fonts that can take any weight; a page needs one or two. Cutting those out takes seconds, so it is
done once and kept beside the data.
"""

import functools
import importlib.resources
import logging
import os
import unicodedata
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# fpdf2 and fontTools tell of every table that they leave out.
for name in ("fontTools", "fpdf"):
    logging.getLogger(name).setLevel(logging.ERROR)

FILES = {
    "sans": ("fontpkg_noto_sans", "NotoSans[[]*.ttf"),
    "arabic": ("fontpkg_noto_sans_arabic", "NotoSansArabic*.ttf"),
    "hebrew": ("pylopdf_fonts_he", "NotoSansHebrew*.ttf"),
    "chinese": ("pylopdf_fonts_zh_cn", "NotoSansSC*.otf"),
}
SCRIPTS = {
    "arabic": ("ARABIC",),
    "hebrew": ("HEBREW",),
    "chinese": ("CJK", "KANGXI", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"),
}
REGULAR, BOLD = 400, 700


def source(family: str) -> Path:
    package, pattern = FILES[family]
    return next(Path(str(importlib.resources.files(package))).rglob(pattern))


@functools.cache
def file_of(family: str, weight: int = REGULAR) -> Path:
    """A font of one weight; the Chinese one comes as it is, in its only weight."""
    path = source(family)
    if family == "chinese":
        return path
    target = settings.DATA_DIR / "fonts" / f"{family}-{weight}-{path.stat().st_size}.ttf"
    if not target.exists():
        cut(path, weight, target)
    return target


def cut(path: Path, weight: int, target: Path) -> None:
    """Writes beside the target and renames, so that nobody reads half a font."""
    font = TTFont(path)
    wanted = {"wght": weight, "wdth": 100}
    axes = {axis.axisTag: wanted[axis.axisTag] for axis in font["fvar"].axes if axis.axisTag in wanted}
    instancer.instantiateVariableFont(font, axes, inplace=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
        font.save(part)
    os.replace(part.name, target)


def needed(text: str) -> list[str]:
    """The families beside `sans` that a text needs; the Chinese font is large, and read only where it is."""
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in set(text) if ord(letter) > 0x2AF}
    return [family for family, scripts in SCRIPTS.items() if names & set(scripts)]
