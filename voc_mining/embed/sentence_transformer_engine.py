"""Embed with sentence-transformers: a local folder, or a name on a hub at a pinned revision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voc_mining.errors import EngineTrouble, UserError
from voc_mining.model_files.locate import Located

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class SentenceTransformerEmbedder:
    """An :class:`~voc_mining.embed.embedder.Embedder` on sentence-transformers.

    The model is loaded when the first text comes: a run with nothing to embed never waits for it.

    Parameters
    ----------
    located : Located
        Where the model is and what it is.
    prompt : str, optional
        Text set before each statement; by default the prompt that models.toml lists, else none. E5 models
        want ``query: `` where like is compared with like.
    device : {"auto", "cpu", "cuda", "mps"}
        Where it runs; auto takes a GPU if there is one.
    batch_size : int
        Texts encoded at once.
    threads : int, optional
        Threads on the CPU, for the whole process; by default as torch decides.
    """

    def __init__(
        self,
        located: Located,
        *,
        prompt: str | None = None,
        device: str = "auto",
        batch_size: int = 32,
        threads: int | None = None,
    ) -> None:
        self.located = located
        self.prompt = prompt if prompt is not None else located.prompt or ""
        self.device = device
        self.batch_size = batch_size
        self.threads = threads

    @property
    def model_id(self) -> str:
        """Identity of the model and its prompt, ``multilingual-e5-small@0123456789ab+query:``."""
        shown = self.prompt.strip()
        return f"{self.located.identity}+{shown}" if shown else self.located.identity

    @property
    def dimensions(self) -> int:
        """Width of a vector."""
        width = self._model.get_embedding_dimension()
        if width is None:
            raise EngineTrouble(f"{self.located.name} does not tell the width of its vectors")
        return width

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of unit length for each text, in order.

        Raises
        ------
        UserError
            If the model cannot be loaded.
        EngineTrouble
            If the model fails, as when the memory of a GPU is full.
        """
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        try:
            vectors = self._model.encode(
                list(texts),
                prompt=self.prompt or None,
                batch_size=self.batch_size,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        except RuntimeError as trouble:
            raise EngineTrouble(f"{self.located.name} failed on {len(texts)} texts: {trouble}") from trouble
        return np.asarray(vectors, dtype=np.float32)

    @cached_property
    def _model(self) -> SentenceTransformer:
        # Torch takes seconds to import, and a night without new words does without it.
        import torch  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        from voc_mining.model_files.quiet_engine import quiet  # noqa: PLC0415

        if self.threads is not None:
            torch.set_num_threads(self.threads)
        try:
            with quiet():
                return SentenceTransformer(
                    self.located.reference,
                    revision=self.located.revision,
                    device=None if self.device == "auto" else self.device,
                )
        except (OSError, ValueError, RuntimeError) as trouble:
            model = "@".join(filter(None, (self.located.reference, self.located.revision)))
            raise UserError("models.not_loaded", model=model, problem=trouble) from trouble
