"""A tiny packed e5 file for tests, written by the format's own description."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS, TYPES = 32, 1, 2, 64, 16, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "ログ", "イン", "ガ", "query", ":", "▁query", "落ちる", "<mask>"]


def quantize(weights: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Pack weights into q4_0 blocks one by one; return them and what they stand for."""
    packed, meant = b"", []
    for block in weights.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7) or np.float16(1)
        quants = [int(np.clip(round(float(weight) / float(scale)) + 8, 0, 15)) for weight in block]
        packed += scale.tobytes() + bytes(low | (high << 4) for low, high in zip(quants[:16], quants[16:], strict=True))
        meant += [(quant - 8) * float(scale) for quant in quants]
    return packed, np.array(meant, dtype=np.float32)


def tensor_shapes() -> dict[str, tuple[bool, int]]:
    """Name → (quantized, number of weights)."""
    shapes = {
        "emb.word": (True, (len(PIECES) + 1) * HIDDEN),
        "emb.pos": (False, POSITIONS * HIDDEN),
        "emb.type": (False, TYPES * HIDDEN),
        "emb.ln.w": (False, HIDDEN),
        "emb.ln.b": (False, HIDDEN),
    }
    sizes = {
        "q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN),
        "fi": (INTERMEDIATE, HIDDEN), "fo": (HIDDEN, INTERMEDIATE),
    }  # fmt: skip
    for layer in range(LAYERS):
        for name, (out, into) in sizes.items():
            shapes[f"l{layer}.{name}.w"] = (True, out * into)
            shapes[f"l{layer}.{name}.b"] = (False, out)
        for name in ("aln", "oln"):
            shapes[f"l{layer}.{name}.w"] = (False, HIDDEN)
            shapes[f"l{layer}.{name}.b"] = (False, HIDDEN)
    return shapes


def packed_file(seed: int = 0, pieces: Sequence[str] = PIECES) -> tuple[bytes, dict[str, np.ndarray]]:
    """Bytes of the file and the weights it stands for."""
    random = np.random.default_rng(seed)
    encoded = [piece.encode() for piece in pieces]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    scores = np.array([0.0] * 4 + [-float(no) for no in range(4, len(pieces))], dtype="<f4")
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, HIDDEN, LAYERS, HEADS, INTERMEDIATE, len(pieces) + 1, POSITIONS, TYPES, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, int(offsets[-1]))
    head += offsets.tobytes() + scores.tobytes() + b"".join(encoded)
    one_rule = struct.pack("<IBI", ord("ｶ"), 1, ord("カ"))
    head += struct.pack("<iI", 1, len(one_rule)) + one_rule
    blobs, meant = [], {}
    for name, (quantized, count) in tensor_shapes().items():
        weights = random.normal(0, 0.1, count).astype("<f4")
        if quantized:
            blob, meant[name] = quantize(weights)
        else:
            blob, meant[name] = weights.tobytes(), weights
        blobs.append((name, int(quantized), count, blob))
    at = len(head) + 4 + sum(2 + len(name) + 21 for name, *_ in blobs)
    directory = struct.pack("<i", len(blobs))
    for name, kind, count, blob in blobs:
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, at, len(blob))
        at += len(blob)
    return head + directory + b"".join(blob for *_, blob in blobs), meant
