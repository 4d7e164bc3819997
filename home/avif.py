"""AVIF pictures without their metadata, pixels untouched: the file keeps its length, what is not drawn becomes zeros.

An AVIF is a tree of boxes; pixels lie in `mdat` (or `idat`), and a table says which stretch belongs to which item.
Only the stretches of items that are drawn are kept. Anything unusual (a moving picture, a box of no known kind)
raises ValueError; the caller then encodes the picture again.
"""

import struct
from collections.abc import Iterator

from home.colour import clean_profile

DRAWN = {b"av01", b"grid", b"iovl"}
TOP = {b"ftyp", b"meta", b"mdat", b"free", b"skip"}
IN_META = {b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp", b"iref", b"idat", b"dinf", b"grpl"}
PROPERTIES = {
    *(b"ispe", b"pixi", b"av1C", b"colr", b"irot", b"imir", b"clap", b"pasp", b"auxC", b"clli", b"mdcv"),
    *(b"a1op", b"a1lx", b"lsel", b"free", b"skip"),
}
Box = tuple[bytes, int, int]  # kind, and where its content begins and ends


def strip_avif(data: bytes) -> bytes:
    clean = bytearray(data)
    boxes = list(_boxes(data, 0, len(data), TOP))
    metas = [box for box in boxes if box[0] == b"meta"]
    if data[4:12] != b"ftypavif" or len(metas) != 1:
        raise ValueError("not a still AVIF")
    inside = {box[0]: box for box in _boxes(data, metas[0][1] + 4, metas[0][2], IN_META)}
    drawn = _quiet_items(clean, *inside[b"iinf"][1:])
    stretches = [(a, b) for item, a, b in _stretches(data, inside) if item in drawn]
    for _kind, start, end in [*boxes, *inside.values()]:
        if _kind in (b"mdat", b"idat", b"free", b"skip"):
            _keep_only(clean, data, start, end, stretches)
    _, start, end = inside[b"hdlr"]
    clean[start + 24 : end] = bytes(end - start - 24)  # the writing program's name
    for kind, start, end in _boxes(data, *inside[b"iprp"][1:], {b"ipco", b"ipma"}):
        if kind == b"ipco":
            _clean_properties(clean, data, start, end)
    return bytes(clean)


def _boxes(data: bytes, at: int, end: int, known: set[bytes]) -> Iterator[Box]:
    while at < end:
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        size = size or end - at
        if kind not in known or size < head or at + size > end:
            raise ValueError(f"a box of no known kind: {kind!r}")
        yield kind, at + head, at + size
        at += size


def _quiet_items(clean: bytearray, start: int, end: int) -> set[int]:
    """The numbers of the items that are drawn; the others lose their kind, and all lose their names."""
    drawn = set()
    first = start + (6 if clean[start] == 0 else 8)
    for _kind, a, b in _boxes(bytes(clean), first, end, {b"infe"}):
        wide = clean[a] == 3
        if clean[a] not in (2, 3):
            raise ValueError("an item list of another version")
        (item,) = struct.unpack_from(">I" if wide else ">H", clean, a + 4)
        at = a + (10 if wide else 8)
        if bytes(clean[at : at + 4]) in DRAWN:
            drawn.add(item)
        else:
            clean[at : at + 4] = b"skip"
        clean[at + 4 : b] = bytes(b - at - 4)
    return drawn


def _stretches(data: bytes, inside: dict[bytes, Box]) -> Iterator[tuple[int, int, int]]:
    """(item, begin, end) of every stretch of data that the table names."""
    _, at, _end = inside[b"iloc"]
    version, widths = data[at], struct.unpack_from(">H", data, at + 4)[0]
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version == 2 else 2
    count, at = _number(data, at + 6, wide)
    for _ in range(count):
        item, at = _number(data, at, wide)
        method, at = _number(data, at, 2) if version else (0, at)
        _, at = _number(data, at, 2)
        origin, at = _number(data, at, base)
        extents, at = _number(data, at, 2)
        if method & 15 > 1:
            raise ValueError("an item made of another one")
        origin += inside[b"idat"][1] if method & 15 else 0
        for _ in range(extents):
            _, at = _number(data, at, index if version else 0)
            begin, at = _number(data, at, offset)
            size, at = _number(data, at, length)
            yield item, origin + begin, origin + begin + size


def _number(data: bytes, at: int, width: int) -> tuple[int, int]:
    if at + width > len(data):
        raise ValueError("the table of items is cut off")
    return int.from_bytes(data[at : at + width], "big"), at + width


def _keep_only(clean: bytearray, data: bytes, start: int, end: int, stretches: list[tuple[int, int]]) -> None:
    clean[start:end] = bytes(end - start)
    for begin, stop in stretches:
        begin, stop = max(begin, start), min(stop, end)
        if begin < stop:
            clean[begin:stop] = data[begin:stop]


def _clean_properties(clean: bytearray, data: bytes, start: int, end: int) -> None:
    for kind, a, b in _boxes(data, start, end, PROPERTIES):
        if kind in (b"free", b"skip"):
            clean[a:b] = bytes(b - a)
        elif kind == b"colr" and data[a : a + 4] in (b"prof", b"rICC"):
            profile = clean_profile(data[a + 4 : b])
            if not profile or len(profile) > b - a - 4:
                raise ValueError("a colour profile that does not fit into its place")
            clean[a + 4 : b] = profile.ljust(b - a - 4, b"\0")
