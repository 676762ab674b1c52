"""Run a BERT-like encoder in 8 bits on the CPU, as the first module of a sentence-transformers model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ctranslate2 import Encoder  # type: ignore[attr-defined]
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, InputModule, Module, Normalize
from sentence_transformers.sentence_transformer.modules import LayerNorm, Pooling
from transformers import AutoTokenizer, PreTrainedTokenizerBase

FACTS = "int8.json"
ENCODER = "encoder"
EXPECTED = "expected.npy"
FOLLOWERS: dict[str, type[Module]] = {kind.__name__: kind for kind in (Pooling, Dense, LayerNorm, Normalize)}
"""Modules that may follow the encoder; each looks at one text alone."""

_GROUP_TOKENS = 1024
"""Tokens encoded in one call: more gain nothing and leave threads without work at the end."""


class Int8Encoder(InputModule):
    """The whole of a sentence-transformers model in one module: an encoder run by CTranslate2, and what follows it.

    Texts of exactly the same number of tokens are encoded together, so nothing is ever padded. Weights are rounded
    to 8 bits per row when the model is converted, activations per token while it runs; so what a text's vector is
    depends neither on the other texts of a batch nor on the number of threads.

    Parameters
    ----------
    encoder : Encoder
        CTranslate2's encoder; each of its workers runs one group.
    tokenizer : PreTrainedTokenizerBase
        Tokenizer of the model.
    longest : int
        Tokens after which a text is cut.
    followers : sequence of Module
        Pooling and what comes after it.
    threads : int
        Groups encoded at once.
    """

    def __init__(
        self,
        encoder: Encoder,
        tokenizer: PreTrainedTokenizerBase,
        longest: int,
        followers: Sequence[Module],
        threads: int,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.tokenizer: PreTrainedTokenizerBase = tokenizer
        self.max_seq_length = longest
        self.followers = torch.nn.Sequential(*followers)
        self._encoder = encoder
        # What follows the encoder is a sum per text: one thread each, else the pools of all workers contend.
        self._workers = ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Return the token numbers of each text, cut where it is too long."""
        texts = [(prompt or "") + text for text in inputs]
        tokens = self.tokenizer(texts, truncation=True, max_length=self.max_seq_length)
        return {"tokens": tokens["input_ids"]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return ``sentence_embedding``, one row for each text."""
        tokens: list[list[int]] = features["tokens"]
        groups = list(_groups(tokens))
        rows = self._workers.map(lambda group: self._encode([tokens[at] for at in group]), groups)
        order = np.argsort([at for group in groups for at in group])
        return {"sentence_embedding": torch.cat(list(rows))[torch.from_numpy(order)]}

    def get_embedding_dimension(self) -> int | None:
        """Width of a vector."""
        widths = [
            width() for module in self.followers if callable(width := getattr(module, "get_embedding_dimension", None))
        ]
        return int(widths[-1]) if widths else None

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Refuse: the folder it was loaded from is the stored form."""
        raise NotImplementedError(f"a converted model is not saved again, nor to {output_path}")

    @torch.inference_mode()
    def _encode(self, tokens: list[list[int]]) -> torch.Tensor:
        """Encode texts of one length."""
        states = torch.from_numpy(np.array(self._encoder.forward_batch(tokens).last_hidden_state))
        features = {"token_embeddings": states, "attention_mask": torch.ones(states.shape[:2], dtype=torch.int64)}
        rows: torch.Tensor = self.followers(features)["sentence_embedding"]
        return rows


def _groups(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of the texts of each length, the longest first, in groups of few tokens."""

    def length(at: int) -> int:
        return len(tokens[at])

    for each, places in groupby(sorted(range(len(tokens)), key=length, reverse=True), key=length):
        alike = list(places)
        size = max(1, _GROUP_TOKENS // max(each, 1))
        yield from (alike[start : start + size] for start in range(0, len(alike), size))


def open_converted(folder: Path, threads: int) -> SentenceTransformer:
    """Load a converted model.

    Parameters
    ----------
    folder : Path
        What :func:`~voc_mining.embed.convert_engine.convert` wrote.
    threads : int
        Texts' groups encoded at once, each by one thread.

    Raises
    ------
    OSError, ValueError, KeyError, RuntimeError
        If a file is missing, cut short or damaged.
    """
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    wrong = [name for name, size in facts["files"].items() if (folder / name).stat().st_size != size]
    if wrong:
        raise ValueError(f"{folder}: not as it was written: {', '.join(wrong)}")
    encoder = Encoder(str(folder / ENCODER), device="cpu", compute_type="int8", inter_threads=threads, intra_threads=1)
    followers = [FOLLOWERS[each["kind"]].load(str(folder / each["folder"])) for each in facts["followers"]]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return SentenceTransformer(
        modules=[Int8Encoder(encoder, tokenizer, facts["longest"], followers, threads)],
        prompts=facts["prompts"],
        default_prompt_name=facts["default_prompt"],
        device="cpu",
    )


def likeness(model: SentenceTransformer, texts: Sequence[str], folder: Path) -> float:
    """Smallest cosine between a converted model's vectors of some texts and those that the model itself gave them.

    Raises
    ------
    OSError, ValueError
        If the vectors in the folder cannot be read, or belong to other texts.
    """
    expected = np.load(folder / EXPECTED)
    return float(np.sum(unit_vectors(model, texts) * expected, axis=1).min())


def unit_vectors(model: SentenceTransformer, texts: Sequence[str]) -> NDArray[np.float32]:
    """Encode texts as they are, without any prompt, to unit length."""
    vectors = model.encode(list(texts), prompt="", normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, dtype=np.float32)
