"""What the headers of WAV and MP3 files say about their length, read without a decoder."""

from __future__ import annotations

import struct
from typing import BinaryIO

_OPEN_ENDED = 0x7FFFF000


def wav_data_end(file: BinaryIO) -> int | None:
    """Byte at which the samples of a WAV file end by its header; None if the header leaves it open."""
    file.seek(0)
    if file.read(4) != b"RIFF":  # RF64 and the like state their sizes elsewhere
        return None
    file.seek(12)
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        if name == b"data":
            return file.tell() + size if 0 < size < _OPEN_ENDED else None
        file.seek(size + size % 2, 1)
    return None


def mp3_states_length(file: BinaryIO) -> bool:
    """Whether an MP3 file's first frame tells the number of frames; else its length is a guess."""
    file.seek(0)
    head = file.read(10)
    tag = 0
    if head[:3] == b"ID3" and len(head) == 10:
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]  # seven bits a byte
        tag = 10 + size
    file.seek(tag)
    first_frame = file.read(200)
    return any(mark in first_frame for mark in (b"Xing", b"Info", b"VBRI"))
