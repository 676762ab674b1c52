"""The real engines, built from settings, once a process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.settings import Settings, quiet_libraries
from voc_mining.model_files.catalogue import load_catalogue
from voc_mining.model_files.locate import Located, locate

if TYPE_CHECKING:
    from voc_mining.embed.embedder import Embedder
    from voc_mining.text.tokens import Tokenizer
    from voc_mining.transcribe.whisper_engine import WhisperTranscriber


def whisper_model(settings: Settings) -> Located:
    """Find the transcriber's model without loading it."""
    return locate(settings.whisper_model, "whisper", settings.models_dir, load_catalogue())


def embedding_model(settings: Settings) -> Located:
    """Find the embedder's model without loading it."""
    return locate(settings.embedding_model, "embedding", settings.models_dir, load_catalogue())


@lru_cache(maxsize=2)
def transcriber(settings: Settings) -> WhisperTranscriber:
    """Build the transcriber; its model is loaded when it first hears something."""
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
        )
    )


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """Build the tokenizer with its dictionary."""
    from voc_mining.text.tokenizer_engine import FugashiTokenizer  # noqa: PLC0415 - heavy

    return FugashiTokenizer()
