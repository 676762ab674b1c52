"""The real engines and rules, built from settings, once a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipelines.settings import Settings, quiet_libraries
from pipelines.steps.naming import TopicNaming
from pipelines.steps.wording import stored_dictionary
from voc_mining.contracts.glossary import NO_GLOSSARY, Glossary
from voc_mining.contracts.rules import NO_MASKING, OwnMasking
from voc_mining.contracts.wording import NO_DICTIONARY, UserDictionary
from voc_mining.errors import UserError
from voc_mining.model_files.catalogue import load_catalogue
from voc_mining.model_files.locate import Located, locate
from voc_mining.store.delta import open_lake

if TYPE_CHECKING:
    from pipelines.request import RunRequest
    from pipelines.text_workers import TextEngines
    from voc_mining.classify.model import ClassifierModel
    from voc_mining.embed.sentence_transformer_engine import SentenceTransformerEmbedder
    from voc_mining.text.mask.masker import Masker, MaskRules
    from voc_mining.text.rules import TextRules
    from voc_mining.text.tokenizer_engine import FugashiTokenizer
    from voc_mining.transcribe.speaker_engine import ResemblyzerEncoder
    from voc_mining.transcribe.whisper_engine import WhisperTranscriber
    from voc_mining.voice.rules import VoiceRules


def whisper_model(settings: Settings) -> Located:
    """Find the transcriber's model without loading it."""
    return locate(settings.whisper_model, "whisper", settings.models_dir, load_catalogue())


def embedding_model(settings: Settings) -> Located:
    """Find the embedder's model without loading it."""
    return locate(settings.embedding_model, "embedding", settings.models_dir, load_catalogue())


def speaker_model(settings: Settings) -> Located:
    """Find the speaker encoder's model without loading it."""
    return locate(settings.speaker_model, "speaker", settings.models_dir, load_catalogue())


@lru_cache(maxsize=2)
def voice_encoder(settings: Settings) -> ResemblyzerEncoder | None:
    """Build the speaker encoder; None where its model is not installed: then nobody is told apart on one channel."""
    try:
        model = speaker_model(settings)
    except UserError as trouble:
        if trouble.code == "models.not_installed":
            return None
        raise
    quiet_libraries()
    from voc_mining.transcribe.speaker_engine import ResemblyzerEncoder  # noqa: PLC0415 - heavy

    return ResemblyzerEncoder(Path(model.reference), device=settings.device, threads=settings.threads)


@lru_cache(maxsize=2)
def transcriber(settings: Settings, hotwords: tuple[str, ...] = ()) -> WhisperTranscriber:
    """Build the transcriber and tell it some words; its model is loaded when it first hears something."""
    quiet_libraries()
    from voc_mining.transcribe.whisper_engine import WhisperOptions, WhisperTranscriber  # noqa: PLC0415 - heavy

    model = whisper_model(settings)
    return WhisperTranscriber(
        WhisperOptions(
            model=model.reference,
            hub_revision=model.revision,
            device=settings.device,
            compute_type=settings.whisper_compute_type,
            cpu_threads=settings.threads,
            beam_size=settings.whisper_beam_size,
            hotwords=hotwords,
        )
    )


@lru_cache(maxsize=2)
def embedder(settings: Settings) -> SentenceTransformerEmbedder:
    """Build the embedder; its model is loaded when it first encodes something."""
    quiet_libraries()
    from voc_mining.embed.sentence_transformer_engine import (  # noqa: PLC0415 - heavy
        EmbedderOptions,
        SentenceTransformerEmbedder,
    )

    options = EmbedderOptions(
        device=settings.device,
        compute_type=settings.embedding_compute_type,
        threads=settings.threads,
        batch_size=settings.embedding_batch,
        converted_dir=settings.cache_dir / "embedding",
    )
    return SentenceTransformerEmbedder(embedding_model(settings), options)


def classifier(settings: Settings) -> ClassifierModel | None:
    """Read the classifier of statements; none where another embedding model is configured than it was trained with."""
    from voc_mining.classify.model import bundled_model  # noqa: PLC0415 - reads its weights

    model = bundled_model()
    return model if model.model_id == embedder(settings).model_id else None


@lru_cache(maxsize=2)
def tokenizer(words: UserDictionary = NO_DICTIONARY, folder: Path | None = None) -> FugashiTokenizer:
    """Build the tokenizer with its dictionary and the user's words; the folder keeps what is compiled of them."""
    from voc_mining.text.tokenizer_engine import FugashiTokenizer  # noqa: PLC0415 - heavy

    return FugashiTokenizer(words, folder)


def topic_naming(lake: str, settings: Settings) -> TopicNaming:
    """Build what names topics: clauses, with the words that a lake's users have kept whole; a model if one is given.

    The embedder is loaded when there are new topics to name.
    """
    from pipelines.naming_engine import ChatNamer  # noqa: PLC0415 - loads the client
    from voc_mining.text.clauses import ClauseFinder  # noqa: PLC0415 - loads the lexicons

    cut = ClauseFinder(tokenizer(stored_dictionary(open_lake(lake)), settings.cache_dir / "dictionaries"))
    if not settings.naming_url:
        return TopicNaming(cut, embedder=embedder(settings))
    key = settings.naming_key.get_secret_value()
    namer = ChatNamer(settings.naming_url, settings.naming_model, key=key, timeout_s=settings.naming_timeout_s)
    return TopicNaming(cut, namer, embedder(settings))


@lru_cache(maxsize=2)
def masker(own: OwnMasking = NO_MASKING) -> Masker:
    """Build the masker that everything outside the vault has passed."""
    from voc_mining.text.mask.masker import Masker  # noqa: PLC0415 - loads the dictionaries

    return Masker(tokenizer(), _mask_rules(own))


def text_masker(own: OwnMasking) -> Callable[[str], str]:
    """Give what masks personal data in a text, by what a user has masked besides."""
    return lambda text: masker(own).mask(text).text


def _mask_rules(own: OwnMasking) -> MaskRules:
    from voc_mining.text.mask.masker import MaskRules  # noqa: PLC0415 - loads the dictionaries

    return MaskRules(patterns=own.patterns, companies=own.companies)


@lru_cache(maxsize=2)
def text_rules(
    glossary: Glossary = NO_GLOSSARY, kept_words: frozenset[str] = frozenset(), own: OwnMasking = NO_MASKING
) -> TextRules:
    """Rules of the text stage, with the words that are put right, stop words that are none, and what is masked."""
    from voc_mining.text.rules import TextRules  # noqa: PLC0415 - loads the lexicons

    return TextRules(mask=_mask_rules(own), glossary=glossary, kept_words=kept_words)


@lru_cache(maxsize=1)
def voice_rules() -> VoiceRules:
    """Rules of the voice stage."""
    from voc_mining.voice.rules import VoiceRules  # noqa: PLC0415 - loads the lexicons

    return VoiceRules.bundled()


def transcriber_id(settings: Settings) -> str:
    """Key of the transcripts that this installation makes."""
    from voc_mining.transcribe.params import TranscribeParams  # noqa: PLC0415 - loads the phrases
    from voc_mining.transcribe.stage import transcriber_id as of  # noqa: PLC0415

    return of(transcriber(settings), TranscribeParams(), voice_encoder(settings))


class TextWords(NamedTuple):
    """What users gave that decides how words are worked on; equal ones make equal engines, in any process."""

    dictionary: UserDictionary
    compiled: Path
    glossary: Glossary
    kept_words: frozenset[str]
    masking: OwnMasking


def text_words(request: RunRequest, settings: Settings) -> TextWords:
    """Read what the users of a run gave."""
    return TextWords(
        request.dictionary(),
        settings.cache_dir / "dictionaries",
        request.glossary(settings),
        request.stop_words().kept,
        request.sources(settings).masking,
    )


def text_engines(words: TextWords) -> TextEngines:
    """Build tokenizer and rules of the text and voice stages with the users' words."""
    from pipelines.text_workers import TextEngines  # noqa: PLC0415 - loads the lexicons

    rules = text_rules(words.glossary, words.kept_words, words.masking)
    return TextEngines(tokenizer(words.dictionary, words.compiled), rules, voice_rules())


def identities(request: RunRequest, settings: Settings) -> dict[str, str]:
    """Identity of every engine and rule set, for the run manifest."""
    text = text_engines(text_words(request, settings))
    return {
        "transcriber": f"{whisper_model(settings).identity} {transcriber_id(settings)}",
        "speaker_encoder": speaker_model(settings).identity if voice_encoder(settings) else "",
        "embedder": embedder(settings).model_id,
        "classifier": getattr(classifier(settings), "classifier_id", ""),
        "tokenizer": text.tokenizer.name,
        "text_rules": text.text.key,
        "voice_rules": text.voice.key,
    }
