"""Colour profiles reduced to colour: profiles also carry names, serial numbers, dates and free text."""

import struct

LIMIT = 4_000_000
# What a colour engine reads. Everything else (makers, models, copyright, measurement notes, private tags) goes.
KEPT = {
    *(b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt", b"chad", b"cicp"),
    *(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"D2B0", b"D2B1", b"D2B2", b"D2B3"),
    *(b"B2D0", b"B2D1", b"B2D2", b"B2D3", b"gamt", b"lumi"),
}


def clean_profile(profile: bytes) -> bytes:
    """The ICC profile with its colour tags alone; b"" when it is none or does not hold together."""
    try:
        return _rebuilt(profile)
    except (struct.error, ValueError, IndexError):
        return b""


def _rebuilt(profile: bytes) -> bytes:
    if len(profile) > LIMIT or profile[36:40] != b"acsp":
        return b""
    (count,) = struct.unpack_from(">I", profile, 128)
    tags = []
    for number in range(min(count, 100)):
        name, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        body = profile[offset : offset + size]
        if len(body) != size:
            return b""
        if name in KEPT:
            tags.append((name, body))
    if not tags:
        return b""
    words = _text_v4 if profile[8] >= 4 else _text_v2
    tags += [(b"desc", words(b"desc")), (b"cprt", words(b"text"))]
    return _assembled(profile[:128], tags)


def _assembled(header: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    table, bodies, places = struct.pack(">I", len(tags)), b"", {}
    start = 132 + 12 * len(tags)
    for name, body in tags:
        if body not in places:  # profiles share one curve between three channels
            places[body] = start + len(bodies)
            bodies += body + b"\0" * (-len(body) % 4)
        table += struct.pack(">4sII", name, places[body], len(body))
    size = struct.pack(">I", start + len(bodies))
    # Blanked: preferred engine, date, platform, maker and model of the device, creator, checksum.
    clean = bytearray(size + header[4:])
    for first, last in ((4, 8), (24, 36), (40, 44), (48, 56), (80, 128)):
        clean[first:last] = bytes(last - first)
    return bytes(clean) + table + bodies


def _text_v2(kind: bytes) -> bytes:
    if kind == b"text":
        return b"text" + bytes(4) + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", 7) + b"colour\0" + bytes(4 + 4 + 2 + 1 + 67)


def _text_v4(kind: bytes) -> bytes:
    words = "colour".encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words
