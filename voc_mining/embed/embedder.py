"""What an embedder is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    @property
    def model_id(self) -> str:
        """Model, revision and options: vectors of equal ids can be compared, others cannot."""

    @property
    def arithmetic(self) -> str:
        """What vectors are computed in, such as ``float32``; vectors of one id in another can be compared."""

    @property
    def dimensions(self) -> int:
        """Width of a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of unit length for each text, in order, shape (texts, dimensions).

        Raises
        ------
        EngineTrouble
            If the engine fails.
        """
