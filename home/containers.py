"""Picture files without their metadata, pixels untouched: bytes in, bytes out, nothing decoded.

Each function walks the blocks of one format and keeps only those on a list of what a picture needs to be drawn.
What is not on the list is dropped, so data of a kind nobody has heard of yet does not get through either, and the
walk ends where the picture ends, so nothing can hide behind it. A malformed file raises ValueError.
"""

import re
import struct
import zlib

from home.colour import clean_profile

JPEG_MARKER = re.compile(rb"\xff[^\x00\xff]", re.DOTALL)
# Entropy-coded data runs to the next marker that is neither a stuffed zero nor a restart.
AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"sBIT", b"bKGD"}
WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
WEBP_FRAME_KEPT = {b"VP8 ", b"VP8L", b"ALPH"}
GIF_LOOPS = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}


def strip_jpeg(data: bytes) -> bytes:
    """Keeps tables, frames, scans, the colour profile and Adobe's note on how colours are coded."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("not a JPEG")
    kept, profile, at = [], {}, 2
    while True:
        at, marker = _next_jpeg_marker(data, at)
        if marker == 0xD9:
            break
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        if length < 2 or len(body) != length - 2:
            raise ValueError("a JPEG segment is cut off")
        at += length
        if marker == 0xE2 and body.startswith(b"ICC_PROFILE\0") and len(body) > 14:
            profile[body[12]] = body[14:]
        elif marker == 0xEE and body.startswith(b"Adobe"):
            kept.append(_jpeg_segment(0xEE, body[:12]))
        elif marker == 0xDA:
            end = _end_of_scan(data, at)
            kept.append(_jpeg_segment(marker, body) + data[at:end])
            at = end
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE or 0xF0 <= marker <= 0xFD):
            kept.append(_jpeg_segment(marker, body))
    colours = _jpeg_profile(clean_profile(b"".join(profile[n] for n in sorted(profile))))
    return b"\xff\xd8" + colours + b"".join(kept) + b"\xff\xd9"


def _next_jpeg_marker(data: bytes, at: int) -> tuple[int, int]:
    found = JPEG_MARKER.search(data, at)
    if not found:
        raise ValueError("the JPEG has no end")
    return found.end(), data[found.end() - 1]


def _end_of_scan(data: bytes, at: int) -> int:
    found = AFTER_SCAN.search(data, at)
    if not found:
        raise ValueError("a JPEG scan is cut off")
    return found.start()


def _jpeg_segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _jpeg_profile(profile: bytes) -> bytes:
    parts = [profile[n : n + 65_000] for n in range(0, len(profile), 65_000)]
    return b"".join(
        _jpeg_segment(0xE2, b"ICC_PROFILE\0" + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, 1)
    )


def strip_png(data: bytes) -> bytes:
    """Keeps pixels, palette, transparency and how colours are meant."""
    if data[:8] != PNG_START:
        raise ValueError("not a PNG")
    kept, at, kind = [PNG_START], 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + length + 12]
        if len(chunk) != length + 12:
            raise ValueError("a PNG chunk is cut off")
        at += length + 12
        if kind in PNG_KEPT:
            kept.append(chunk)
        elif kind == b"iCCP":
            kept.append(_png_profile(chunk[8:-4]))
    return b"".join(kept)


def _png_profile(body: bytes) -> bytes:
    packed = zlib.decompressobj()
    profile = clean_profile(packed.decompress(body.partition(b"\0")[2][1:], 4_000_000))
    if not profile:
        return b""
    body = b"icc\0\0" + zlib.compress(profile)
    return struct.pack(">I", len(body)) + b"iCCP" + body + struct.pack(">I", zlib.crc32(b"iCCP" + body))


def strip_webp(data: bytes) -> bytes:
    """Keeps the coded pixels, transparency, animation and colour profile."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("not a WebP")
    (size,) = struct.unpack_from("<I", data, 4)
    kept, profile = [], b""
    for kind, body in _riff_chunks(data[12 : size + 8]):
        if kind == b"ICCP":
            profile = clean_profile(body)
        elif kind == b"ANMF":
            frame = b"".join(_riff_chunk(*c) for c in _riff_chunks(body[16:]) if c[0] in WEBP_FRAME_KEPT)
            kept.append((kind, body[:16] + frame))
        elif kind in WEBP_KEPT:
            kept.append((kind, body))
    if kept and kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & 0b00010010 | (0b00100000 if profile else 0)  # alpha, animation, profile
        kept[0] = (b"VP8X", bytes([flags]) + kept[0][1][1:])
        kept[1:1] = [(b"ICCP", profile)] if profile else []
    body = b"WEBP" + b"".join(_riff_chunk(*chunk) for chunk in kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff_chunks(data: bytes):
    at = 0
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + length]
        if len(body) != length:
            raise ValueError("a WebP chunk is cut off")
        yield kind, body
        at += 8 + length + length % 2


def _riff_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def strip_gif(data: bytes) -> bytes:
    """Keeps frames, their timing and the loop count; drops comments, plain text and other programs' blocks."""
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise ValueError("not a GIF")
    at = 13 + _gif_palette(data[10])
    kept = [data[:at]]
    while data[at : at + 1] != b";":
        start, kind = at, data[at]
        if kind == 0x21:
            label, at = data[at + 1], _after_gif_blocks(data, at + 2)
            if label == 0xFF and data[start + 3 : start + 14] in GIF_LOOPS and data[start + 14] == 3:
                kept.append(data[start : start + 18] + b"\0")
            elif label == 0xF9:
                kept.append(data[start:at])
        elif kind == 0x2C:
            at = _after_gif_blocks(data, at + 11 + _gif_palette(data[at + 9]))
            kept.append(data[start:at])
        else:
            raise ValueError("a GIF block of no known kind")
    return b"".join(kept) + b";"


def _gif_palette(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_gif_blocks(data: bytes, at: int) -> int:
    while length := data[at]:
        at += length + 1
    return at + 1
