"""Tiny sentence-transformers folders with random weights, one for each architecture."""

from __future__ import annotations

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer, pre_tokenizers, processors
from tokenizers.models import WordLevel
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

WIDTH = 32
_LETTERS = "あいうえおかきくけこさしすせそたちつてと。"
_WORDS = ["<s>", "<pad>", "</s>", "<unk>", *_LETTERS]
_SHAPE = {
    "vocab_size": len(_WORDS),
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "pad_token_id": 1,
}


def bert() -> PreTrainedModel:
    return BertModel(BertConfig(**_SHAPE, max_position_embeddings=40))


def xlm_roberta() -> PreTrainedModel:
    return XLMRobertaModel(XLMRobertaConfig(**_SHAPE, max_position_embeddings=42, type_vocab_size=1))


def distilbert() -> PreTrainedModel:
    return DistilBertModel(
        DistilBertConfig(vocab_size=len(_WORDS), dim=WIDTH, n_layers=1, n_heads=4, hidden_dim=64, pad_token_id=1)
    )


def write(encoder: PreTrainedModel, folder: Path, *, mode: str = "mean", dense: bool = False) -> SentenceTransformer:
    """Save the encoder with a tokenizer of single letters and pooling; return the model."""
    torch.manual_seed(7)
    for weights in encoder.parameters():
        torch.nn.init.normal_(weights, std=0.3)
    parts = folder / "parts"
    encoder.save_pretrained(parts)
    _tokenizer().save_pretrained(parts)
    modules = [Transformer(str(parts), max_seq_length=40), Pooling(WIDTH, pooling_mode=mode)]
    if dense:
        modules.append(Dense(WIDTH, 16, activation_function=torch.nn.Tanh()))
    model = SentenceTransformer(modules=modules, device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return model


def texts(n: int = 60) -> list[str]:
    """Different texts of one to fifty letters: the longest are cut."""
    return [
        "".join(_LETTERS[(no * 7 + at * (no % 5 + 1)) % len(_LETTERS)] for at in range(no % 50 + 1)) for no in range(n)
    ]


def _tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(WordLevel({word: no for no, word in enumerate(_WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>",
        model_max_length=40,
    )  # fmt: skip
