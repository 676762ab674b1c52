"""Convert the encoder of a sentence-transformers model to 8 bits."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.converters.utils import fuse_linear
from ctranslate2.specs.common_spec import Activation, EmbeddingsMerge, LinearSpec
from ctranslate2.specs.transformer_spec import TransformerEncoderModelSpec, TransformerEncoderSpec
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from torch import Tensor, nn
from transformers import PreTrainedModel

from voc_mining.embed.int8_engine import ENCODER, EXPECTED, FACTS, FOLLOWERS, unit_vectors

_ABANDONED_AFTER_S = 3600
ARCHITECTURES = {"bert", "camembert", "roberta", "xlm-roberta"}
_ACTIVATIONS = {"gelu": Activation.GELU, "gelu_new": Activation.GELUTanh, "relu": Activation.RELU}


def convertible(model: SentenceTransformer) -> bool:
    """Whether the model is an encoder like BERT, followed by nothing but what looks at one text alone."""
    first, *rest = model
    if type(first) is not Transformer or not isinstance(first.auto_model, PreTrainedModel):
        return False
    config = first.auto_model.config
    return (
        config.model_type in ARCHITECTURES
        and config.hidden_act in _ACTIVATIONS
        and getattr(config, "position_embedding_type", "absolute") == "absolute"
        and not config.is_decoder
        and bool(rest)
        and all(type(module) is FOLLOWERS.get(type(module).__name__) for module in rest)
        and all(getattr(module, "include_prompt", True) for module in rest)
    )


def convert(model: SentenceTransformer, place: Path, probes: Sequence[str]) -> None:
    """Write a convertible model in 8 bits into a folder of its own, whole or not at all.

    Parameters
    ----------
    model : SentenceTransformer
        The model with its own weights.
    place : Path
        Folder to make; what is there is replaced.
    probes : sequence of str
        Texts whose vectors by the model itself are kept, so that every later use can compare.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    _sweep(place)
    building = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        _write(model, building, probes)
        shutil.rmtree(place, ignore_errors=True)
        with suppress(FileExistsError):  # another process was quicker
            building.rename(place)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _sweep(place: Path) -> None:
    """Remove what conversions that were killed left behind; younger ones may still be at work."""
    for leftover in place.parent.glob(f".{place.name}.*"):
        if time.time() - leftover.stat().st_mtime > _ABANDONED_AFTER_S:
            shutil.rmtree(leftover, ignore_errors=True)


def _write(model: SentenceTransformer, folder: Path, probes: Sequence[str]) -> None:
    modules: list[Any] = list(model)
    first, *rest = modules
    spec = _encoder(first.auto_model)
    spec.validate()
    spec.optimize(quantization="int8")
    (folder / ENCODER).mkdir()
    spec.save(str(folder / ENCODER))
    first.tokenizer.save_pretrained(folder)
    followers = [{"kind": type(module).__name__, "folder": f"{no}_follower"} for no, module in enumerate(rest, 1)]
    for module, each in zip(rest, followers, strict=True):
        (folder / each["folder"]).mkdir()
        module.save(str(folder / each["folder"]))
    np.save(folder / EXPECTED, unit_vectors(model, probes))
    files = {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()
    }
    facts = {
        "longest": model.max_seq_length,
        "prompts": model.prompts,
        "default_prompt": model.default_prompt_name,
        "followers": followers,
        "files": files,
    }
    (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _encoder(model: Any) -> TransformerEncoderModelSpec:
    """Put the weights of a BERT-like encoder in the places where CTranslate2 looks for them."""
    config, embeddings = model.config, model.embeddings
    encoder = TransformerEncoderSpec(
        config.num_hidden_layers,
        config.num_attention_heads,
        pre_norm=False,
        activation=_ACTIVATIONS[config.hidden_act],
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=EmbeddingsMerge.ADD,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = _own(embeddings.word_embeddings.weight)
    encoder.embeddings[1].weight = _own(embeddings.token_type_embeddings.weight)
    # RoBERTa and its kin count positions from behind the padding's number.
    first = 0 if config.model_type == "bert" else embeddings.position_embeddings.padding_idx + 1
    positions: Any = encoder.position_encodings
    positions.encodings = _own(embeddings.position_embeddings.weight[first:])
    _norm(encoder.layernorm_embedding, embeddings.LayerNorm)
    for to, layer in zip(encoder.layer, model.encoder.layer, strict=True):
        attention = layer.attention
        parts = [LinearSpec() for _ in range(3)]  # type: ignore[no-untyped-call]
        for part, module in zip(parts, (attention.self.query, attention.self.key, attention.self.value), strict=True):
            _linear(part, module)
        fuse_linear(to.self_attention.linear[0], parts)  # type: ignore[no-untyped-call]
        _linear(to.self_attention.linear[1], attention.output.dense)
        _norm(to.self_attention.layer_norm, attention.output.LayerNorm)
        _linear(to.ffn.linear_0, layer.intermediate.dense)
        _linear(to.ffn.linear_1, layer.output.dense)
        _norm(to.ffn.layer_norm, layer.output.LayerNorm)
    spec = TransformerEncoderModelSpec(encoder)
    spec.config.layer_norm_epsilon = config.layer_norm_eps
    # Texts come as numbers: the words of the vocabulary are never looked up, but there must be as many.
    spec.register_vocabulary([str(number) for number in range(config.vocab_size)])
    spec.config.unk_token = "0"  # noqa: S105 - a word of the vocabulary
    return spec


def _linear(to: Any, module: nn.Linear) -> None:
    to.weight, to.bias = _own(module.weight), _own(module.bias)


def _norm(to: Any, module: nn.LayerNorm) -> None:
    to.gamma, to.beta = _own(module.weight), _own(module.bias)


def _own(weights: Tensor) -> Tensor:
    """Copy weights: they are scaled in place, and the model they come from must stay as it is."""
    return weights.detach().float().clone()
