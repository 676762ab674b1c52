"""Copy protection, as the headers of a file tell it: its sound cannot be had, whatever a decoder makes of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

# Sample entries of MP4 files whose samples are encrypted: common encryption, FairPlay, Audible.
_SAMPLE_ENTRIES = (b"enca", b"drms", b"aavd")
# Objects of Windows Media files (Advanced Systems Format): the header, and those of encryption within it.
_ASF_HEADER = UUID("75B22630-668E-11CF-A6D9-00AA0062CE6C").bytes_le
_ASF_PROTECTION = (
    UUID("2211B3FB-BD23-11D2-B4B7-00A0C955FC6E").bytes_le,  # content encryption
    UUID("298AE614-2622-4C17-B935-DAE07EE9289C").bytes_le,  # extended
    UUID("43058533-6981-49E6-9B74-AD12CB86D58C").bytes_le,  # advanced
)
_LARGEST_HEADER = 32 << 20
_MOST_ATOMS = 10_000
_DESCRIPTIONS = b"stsd"


def protection(file: BinaryIO) -> str | None:
    """Name the protection of an MP4 or Windows Media file; None where there is none.

    The file's position is as it was before.
    """
    position = file.tell()
    try:
        file.seek(0)
        start = file.read(24)
        if start.startswith(_ASF_HEADER) and len(start) == 24:
            header = file.read(min(struct.unpack_from("<Q", start, 16)[0], _LARGEST_HEADER))
            return "Windows Media DRM" if any(mark in header for mark in _ASF_PROTECTION) else None
        if start[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
            return next((entry for entry in _sample_entries(file) if entry.encode() in _SAMPLE_ENTRIES), None)
        return None
    finally:
        file.seek(position)


def _sample_entries(file: BinaryIO) -> Iterator[str]:
    """Yield the formats of the tracks of an MP4 file, as its sample descriptions name them."""
    moov = _movie_header(file)
    at = moov.find(_DESCRIPTIONS)
    while at >= 0:
        # After the name: version and flags, the number of entries, then each entry's size and format.
        yield moov[at + 16 : at + 20].decode("latin-1")
        at = moov.find(_DESCRIPTIONS, at + 4)


def _movie_header(file: BinaryIO) -> bytes:
    """Return the content of an MP4 file's ``moov`` atom; empty where there is none."""
    place = 0
    for _ in range(_MOST_ATOMS):
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            break
        size, name = struct.unpack_from(">I4s", head)
        if size == 1 and len(head) == 16:
            size = struct.unpack_from(">Q", head, 8)[0]
        if name == b"moov":
            file.seek(place + 8)
            return file.read(min(size, _LARGEST_HEADER) if size else _LARGEST_HEADER)
        if size < 8:
            break
        place += size
    return b""
