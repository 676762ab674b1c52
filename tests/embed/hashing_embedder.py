"""A tiny deterministic embedder for tests: character bigrams hashed into a few dimensions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass
class HashingEmbedder:
    model_id: str = "hashing@1"
    dimensions: int = 8
    arithmetic: str = "float32"
    calls: list[list[str]] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.calls.append(list(texts))
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            marked = f"^{text}$"
            for at in range(len(marked) - 1):
                bucket = hashlib.blake2b(marked[at : at + 2].encode(), digest_size=2).digest()
                vectors[row, bucket[0] % self.dimensions] += 1 if bucket[1] % 2 else -1
            vectors[row, 0] += 0.5
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
