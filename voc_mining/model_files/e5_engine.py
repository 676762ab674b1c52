"""Make a sentence-transformers folder of the packed 4-bit multilingual-e5-small."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from voc_mining.model_files.e5_format import Architecture, PackedModel, Vocabulary, read_packed
from voc_mining.model_files.quiet_engine import quiet

PROMPTS = {"query": "query: ", "passage": "passage: "}
_EPSILON = 1e-12
_POOLER = ("pooler.dense.weight", "pooler.dense.bias")
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def build_sentence_transformer(packed: Path, folder: Path) -> None:
    """Widen the packed weights to 32 bits and save model, tokenizer, pooling and prompts.

    Parameters
    ----------
    packed : Path
        ``e5-small-q4.bin``.
    folder : Path
        An existing empty folder.

    Raises
    ------
    UserError
        If the packed file is damaged.
    """
    model = read_packed(packed)
    with TemporaryDirectory(dir=folder) as parts, quiet():
        _encoder(model).save_pretrained(parts)
        _tokenizer(model.vocabulary, model.architecture).save_pretrained(parts)
        # float32 whatever a newer default says: half precision is slower on a CPU and rounds the vectors.
        transformer = Transformer(
            parts, max_seq_length=model.architecture.positions, model_kwargs={"dtype": torch.float32}
        )
        pooling = Pooling(model.architecture.hidden, pooling_mode="mean")
        sentences = SentenceTransformer(modules=[transformer, pooling, Normalize()], prompts=PROMPTS, device="cpu")
        sentences.save(str(folder), create_model_card=False)


def _encoder(model: PackedModel) -> BertModel:
    """Fill a BERT encoder with the tensors; every weight must be there."""
    shape = model.architecture
    with torch.device("meta"):
        encoder = BertModel(
            BertConfig(
                vocab_size=shape.vocabulary,
                hidden_size=shape.hidden,
                num_hidden_layers=shape.layers,
                num_attention_heads=shape.heads,
                intermediate_size=shape.intermediate,
                max_position_embeddings=shape.positions,
                type_vocab_size=shape.types,
                layer_norm_eps=_EPSILON,
                pad_token_id=model.vocabulary.pad,
            )
        )
    state = {
        name: torch.from_numpy(model.tensors[ours]).reshape(encoder.get_parameter(name).shape)
        for ours, name in _names(shape).items()
    }
    # Sentences are pooled by their mean: BERT's own pooler is never used, but a folder without it is
    # completed with random numbers at every load.
    state |= {name: torch.zeros(encoder.get_parameter(name).shape) for name in _POOLER}
    encoder.load_state_dict(state, strict=True, assign=True)
    return encoder


def _names(shape: Architecture) -> dict[str, str]:
    """Tensor names of the file and of BERT."""
    names = dict(_EMBEDDINGS)
    for layer in range(shape.layers):
        for ours, theirs in _LAYER.items():
            names[f"l{layer}.{ours}.w"] = f"encoder.layer.{layer}.{theirs}.weight"
            names[f"l{layer}.{ours}.b"] = f"encoder.layer.{layer}.{theirs}.bias"
    return names


def _tokenizer(words: Vocabulary, shape: Architecture) -> PreTrainedTokenizerFast:
    """Make the Unigram tokenizer with the normalization of the original model."""
    tokenizer = Tokenizer(Unigram(list(zip(words.pieces, words.scores, strict=True)), unk_id=words.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    bos, eos = words.pieces[words.bos], words.pieces[words.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, words.bos), (eos, words.eos)]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token=bos,
        cls_token=bos,
        eos_token=eos,
        sep_token=eos,
        pad_token=words.pieces[words.pad],
        unk_token=words.pieces[words.unknown],
        model_max_length=shape.positions,
    )
