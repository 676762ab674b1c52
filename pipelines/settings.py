"""Settings: the only place that reads the environment.

Every setting is a variable ``VOC_<NAME>``, or a line of ``.env`` in the working folder.
"""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from voc_mining.messages.catalogue import language_of

_CHECKOUT = Path(__file__).resolve().parent.parent


def default_models_dir() -> Path:
    """Folder of model files: ``models/`` of a checkout, else the user's data folder."""
    if (_CHECKOUT / "models" / "models.toml").exists():
        return _CHECKOUT / "models"
    return Path.home() / ".local" / "share" / "voc-mining" / "models"


class Settings(BaseSettings):
    """What an installation decides; nothing here changes from run to run."""

    model_config = SettingsConfigDict(env_prefix="VOC_", env_file=".env", extra="ignore", frozen=True)

    models_dir: Path = Field(default_factory=default_models_dir, description="folder of model files")
    whisper_model: str = Field(default="whisper-base", description="name in models.toml, or a folder")
    whisper_compute_type: str = Field(
        default="auto", description="auto (int8 on a CPU, float16 on a GPU), int8, int8_float16, float16 or float32"
    )
    whisper_beam_size: int = Field(default=5, ge=1, description="beam of the decoder")
    embedding_model: str = Field(default="multilingual-e5-small", description="name in models.toml, or a folder")
    speaker_model: str = Field(default="resemblyzer", description="name in models.toml, or a folder")
    embedding_compute_type: Literal["auto", "int8", "float32", "float16", "bfloat16"] = Field(
        default="auto", description="auto (int8 on a CPU where the model allows it, else as it is stored)"
    )
    embedding_batch: int = Field(default=32, ge=1, description="texts encoded at once; in int8 as many as are alike")
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="where models run")
    threads: int = Field(default=os.cpu_count() or 1, ge=1, description="threads of a model on the CPU")
    vault: str | None = Field(default=None, description="root of the vault; beside the lake if not given")
    phone_secret: str = Field(default="", description="key of the pseudonyms of phone numbers and mail addresses")
    hotwords: int = Field(
        default=30, ge=0, description="words of the glossary, the first ones, told to the transcriber"
    )
    corrections: bool = Field(default=True, description="put words of the glossary right in what was said")
    naming_url: str = Field(
        default="", description="base of an OpenAI-compatible endpoint that names new topics; empty asks nobody"
    )
    naming_model: str = Field(default="", description="model to ask there")
    naming_key: SecretStr = Field(default=SecretStr(""), description="key of the endpoint")
    naming_timeout_s: float = Field(default=30.0, gt=0, description="patience with one answer, seconds")
    cache_dir: Path = Field(
        default_factory=lambda: Path.home() / ".cache" / "voc-mining", description="folder of what can be made again"
    )
    recordings_per_task: int = Field(default=8, ge=1, description="recordings in one transcription task")
    contacts_per_task: int = Field(default=2000, ge=1, description="contacts in one text task")
    text_processes: int = Field(
        default=os.cpu_count() or 1, ge=1, description="processes that work on words where there are many"
    )
    lang: Literal["ja", "en"] | None = Field(default=None, description="language of messages; by locale if not given")

    @property
    def author(self) -> str:
        """Who edits: the user of the process."""
        return getpass.getuser()

    @property
    def locale(self) -> str | None:
        """Locale of the process, such as ``ja_JP.UTF-8``."""
        return os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")

    @property
    def language(self) -> str:
        """Language of messages: as configured, else by locale."""
        return self.lang or language_of(self.locale)

    def vault_of(self, lake: str) -> str:
        """Root of the vault that belongs to a lake."""
        return self.vault or f"{lake.rstrip('/')}-vault"


def quiet_prefect() -> None:
    """Set Prefect up for a run inside this process, before it is imported.

    A value that the user gave stays. Without ``PREFECT_API_URL`` Prefect starts a server of its own for
    the length of the run; on a busy machine that takes longer than its default patience of 20 seconds.
    """
    for name, value in {
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        # Its threads tell on standard error what they could not send to the server that has just ended.
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
    }.items():
        os.environ.setdefault(name, value)


def quiet_libraries() -> None:
    """Keep model libraries from drawing bars of their own and from waiting busily; before they are imported.

    Threads that spin while they wait slow each other down where cores are few: embedding went 4 times as fast
    without, on two busy cores.
    """
    for name, value in {
        "OMP_WAIT_POLICY": "PASSIVE",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_VERBOSITY": "error",
        "TRANSFORMERS_VERBOSITY": "error",
        "TOKENIZERS_PARALLELISM": "false",
    }.items():
        os.environ.setdefault(name, value)
