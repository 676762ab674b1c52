"""Embed with sentence-transformers: a local folder, or a name on a hub at a pinned revision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voc_mining.errors import EngineTrouble, UserError
from voc_mining.ids import digest
from voc_mining.model_files.locate import Located

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EightBits = Literal["in_use", "at_first_use", "not_asked", "no_cpu", "not_kept", "unusable", "other_architecture"]
ComputeType = Literal["auto", "int8", "float32", "float16", "bfloat16"]

_PROBES = Path(__file__).parent / "data" / "probes.txt"
_LEAST_LIKENESS = 0.99
"""Cosine to the model itself that a converted one must reach on every probe."""

_CONVERSION = 1
"""Edition of what a converted model's folder holds; another one is converted again."""


class _Loaded(NamedTuple):
    model: SentenceTransformer
    arithmetic: str


@dataclass(frozen=True, slots=True)
class EmbedderOptions:
    """How a model is run.

    Parameters
    ----------
    prompt : str, optional
        Text set before each statement; by default the prompt that models.toml lists, else none. E5 models
        want ``query: `` where like is compared with like.
    device : {"auto", "cpu", "cuda", "mps"}
        Where it runs; auto takes a GPU if there is one.
    compute_type : {"auto", "int8", "float32", "float16", "bfloat16"}
        Arithmetic; auto takes int8 on a CPU where the model allows it, else that of the stored weights.
    batch_size : int
        Texts encoded at once by the model itself; in 8 bits texts are grouped by their length.
    threads : int, optional
        Threads on the CPU, for the whole process; by default as torch decides.
    converted_dir : Path, optional
        Folder of converted models; without one nothing is converted.
    """

    prompt: str | None = None
    device: str = "auto"
    compute_type: ComputeType = "auto"
    batch_size: int = 32
    threads: int | None = None
    converted_dir: Path | None = None


class SentenceTransformerEmbedder:
    """An :class:`~voc_mining.embed.embedder.Embedder` on sentence-transformers.

    The model is loaded when the first text comes: a run with nothing to embed never waits for it. On a CPU the
    encoder of a model like BERT is converted to 8 bits the first time, kept in a folder, and run by CTranslate2
    within sentence-transformers. Each time it is loaded it must give some texts nearly the vectors that the model
    itself gave them; where it does not, or the architecture is another, the model itself is used.

    Parameters
    ----------
    located : Located
        Where the model is and what it is.
    options : EmbedderOptions, optional
        How it is run.
    """

    def __init__(self, located: Located, options: EmbedderOptions | None = None) -> None:
        self.located = located
        self.options = options or EmbedderOptions()
        self.prompt = located.prompt or "" if self.options.prompt is None else self.options.prompt

    @property
    def model_id(self) -> str:
        """Identity of the model and its prompt, ``multilingual-e5-small@0123456789ab+query:``."""
        shown = self.prompt.strip()
        return f"{self.located.identity}+{shown}" if shown else self.located.identity

    @property
    def arithmetic(self) -> str:
        """Arithmetic that the vectors are computed in, such as ``int8`` or ``float32``; loads the model."""
        return self._loaded.arithmetic

    @property
    def dimensions(self) -> int:
        """Width of a vector."""
        width = self._loaded.model.get_embedding_dimension()
        if width is None:
            raise EngineTrouble(f"{self.located.name} does not tell the width of its vectors")
        return width

    @property
    def converted(self) -> Path | None:
        """Folder of the model in 8 bits, there or not; None where none is kept."""
        if self.options.converted_dir is None:
            return None
        name = self.located.identity.replace("/", "--").replace("@", "-")
        return self.options.converted_dir / f"{name}-{digest('int8', self.located.identity, str(_CONVERSION))[:8]}"

    def prepare(self) -> Path | None:
        """Load the model, converting it if that is due; return the folder of the converted one, if it is used.

        Raises
        ------
        UserError
            If the model cannot be loaded, or not in the arithmetic asked for.
        """
        return self.converted if self.arithmetic == "int8" else None

    def eight_bits(self) -> EightBits:
        """Tell whether vectors are computed in 8 bits, and if not, why; nothing is converted or written for it."""
        if self.options.compute_type not in {"auto", "int8"}:
            return "not_asked"
        if self._device() != "cpu":
            return "no_cpu"
        if self.converted is None:
            return "not_kept"
        if self.converted.is_dir():
            return "in_use" if self._open_converted() is not None else "unusable"
        config = Path(self.located.reference) / "config.json"
        if config.is_file():
            from voc_mining.embed.convert_engine import ARCHITECTURES  # noqa: PLC0415 - imports CTranslate2

            if json.loads(config.read_text(encoding="utf-8")).get("model_type") not in ARCHITECTURES:
                return "other_architecture"
        return "at_first_use"

    def _device(self) -> str:
        from sentence_transformers.util import get_device_name  # noqa: PLC0415 - torch takes seconds to import

        return get_device_name() if self.options.device == "auto" else self.options.device

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of unit length for each text, in order.

        Raises
        ------
        UserError
            If the model cannot be loaded, or not in the arithmetic asked for.
        EngineTrouble
            If the model fails, as when the memory of a GPU is full.
        """
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        model, arithmetic = self._loaded
        try:
            vectors = model.encode(
                list(texts),
                prompt=self.prompt or None,
                batch_size=len(texts) if arithmetic == "int8" else self.options.batch_size,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        except RuntimeError as trouble:
            raise EngineTrouble(f"{self.located.name} failed on {len(texts)} texts: {trouble}") from trouble
        return np.asarray(vectors, dtype=np.float32)

    @cached_property
    def _loaded(self) -> _Loaded:
        # Torch takes seconds to import, and a night without new words does without it.
        import torch  # noqa: PLC0415

        options = self.options
        if options.threads is not None:
            torch.set_num_threads(options.threads)
        device = self._device()
        wanted = options.compute_type in {"auto", "int8"} and device == "cpu"
        if wanted and (converted := self._open_converted()) is not None:
            return _Loaded(converted, "int8")
        model = self._open(device)
        if wanted and self._convert(model) and (converted := self._open_converted()) is not None:
            return _Loaded(converted, "int8")
        if options.compute_type == "int8":
            raise UserError("models.not_int8", model=self.located.name)
        return _Loaded(model, str(model.dtype).removeprefix("torch."))

    def _open(self, device: str) -> SentenceTransformer:
        """Load the model itself."""
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        from voc_mining.model_files.quiet_engine import quiet  # noqa: PLC0415

        # Weights stay in the form they are stored in, unless another one is asked for.
        own = self.options.compute_type in {"auto", "int8"}
        try:
            with quiet():
                return SentenceTransformer(
                    self.located.reference,
                    revision=self.located.revision,
                    device=device,
                    model_kwargs=None if own else {"dtype": self.options.compute_type},
                )
        except (OSError, ValueError, RuntimeError) as trouble:
            model = "@".join(filter(None, (self.located.reference, self.located.revision)))
            raise UserError("models.not_loaded", model=model, problem=trouble) from trouble

    def _convert(self, model: SentenceTransformer) -> bool:
        """Convert the model to 8 bits; tell whether that could be done."""
        from voc_mining.embed.convert_engine import convert, convertible  # noqa: PLC0415

        if self.converted is None or not convertible(model):
            return False
        try:
            convert(model, self.converted, _probes())
        except OSError:  # a folder that cannot be written, or a full disk, costs time, not the run
            return False
        return True

    def _open_converted(self) -> SentenceTransformer | None:
        """Load the model in 8 bits; None where there is none, it is damaged, or unlike the model itself."""
        import torch  # noqa: PLC0415

        from voc_mining.embed.int8_engine import likeness, open_converted  # noqa: PLC0415

        if self.converted is None or not self.converted.is_dir():
            return None
        try:
            model = open_converted(self.converted, self.options.threads or torch.get_num_threads())
            alike = likeness(model, _probes(), self.converted)
        except (OSError, ValueError, KeyError, RuntimeError):
            return None
        return model if alike >= _LEAST_LIKENESS else None


def _probes() -> list[str]:
    """Texts by which a converted model is held against the model itself."""
    lines = _PROBES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
