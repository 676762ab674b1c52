"""Steps as Prefect tasks: the one place where they are wrapped.

A task takes the request and the settings, opens the stores and engines it needs, and returns accounts:
references and counts travel between tasks, never frames. Results are not cached by Prefect: the lake is
the cache, and a step does what its keys say is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import task_run

from pipelines import engines
from pipelines.publish import publish
from pipelines.request import RunRequest
from pipelines.settings import Settings
from pipelines.steps.classify import classify_step
from pipelines.steps.embed import embed_step
from pipelines.steps.hearing import pending_recordings
from pipelines.steps.ingest import ingest_step
from pipelines.steps.mine import mine_step
from pipelines.steps.refit import promote_step, refit_step
from pipelines.steps.segment import segment_step
from pipelines.steps.topics import topics_step
from pipelines.steps.transcribe import transcribe_step
from pipelines.text_workers import text_workers
from voc_mining.accounts import Account
from voc_mining.errors import EngineTrouble
from voc_mining.ingest.params import IngestParams
from voc_mining.store.delta import open_lake
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.refit import RefitParams
from voc_mining.transcribe.params import TranscribeParams
from voc_mining.transcribe.transcriber import Recording

RETRY_DELAYS_S: list[float] = [2, 20]

P = ParamSpec("P")
R = TypeVar("R")


def _engine_trouble(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether another try may help: trouble of an engine or a store does pass, other failures do not."""
    return isinstance(state.result(raise_on_failure=False), EngineTrouble)


def _as_task(work: Callable[P, R]) -> Task[P, R]:
    wrap = task(
        name=work.__name__.removesuffix("_task"),
        retries=len(RETRY_DELAYS_S),
        retry_delay_seconds=RETRY_DELAYS_S,
        retry_condition_fn=_engine_trouble,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    return wrap(work)


def ingest_task(request: RunRequest, settings: Settings) -> list[Account]:
    """Read what is new in the inbox."""
    lake, vault = request.stores(settings)
    params = IngestParams(since=request.from_date, full=request.full, phone_secret=settings.phone_secret)
    sources = request.sources(settings)
    return ingest_step(lake, vault, request.inbox, sources, params, engines.text_masker(sources.masking))


def transcribe_task(request: RunRequest, settings: Settings, recordings: Sequence[Recording]) -> list[Account]:
    """Transcribe one batch of recordings."""
    lake, vault = request.stores(settings)
    hotwords = request.hotwords(settings)
    transcriber = engines.transcriber(settings, hotwords)
    tries = task_run.run_count or 1
    left = list(recordings)
    if tries > 1:
        pending = set(pending_recordings(lake, vault, engines.transcriber_id(settings), request.again(settings)))
        left = [recording for recording in recordings if recording in pending]
    done = len(recordings) - len(left)
    # One recording that the engine cannot bear must not keep the others from being published.
    last = tries > len(RETRY_DELAYS_S)
    encoder = engines.voice_encoder(settings)
    accounts = transcribe_step(
        lake,
        vault,
        left,
        transcriber,
        TranscribeParams(),
        request.inbox,
        encoder=encoder,
        hotwords=hotwords,
        last_try=last,
    )
    return [Account("transcribe", inputs=done, produced=done), *accounts]


def mine_task(request: RunRequest, settings: Settings, contacts: Sequence[str]) -> list[Account]:
    """Turn the words of one batch of contacts into utterances, statements and outcomes."""
    lake, vault = request.stores(settings)
    words = engines.text_words(request, settings)
    work = text_workers(engines.text_engines, words, settings.text_processes)
    return mine_step(lake, vault, contacts, engines.text_engines(words), engines.transcriber_id(settings), work=work)


def segment_task(request: RunRequest, settings: Settings) -> list[Account]:
    """Decide origin and silence."""
    lake, _ = request.stores(settings)
    sources = request.sources(settings)
    return segment_step(lake, sources.origin, sources.silence, full=request.full)


def embed_task(request: RunRequest, settings: Settings) -> list[Account]:
    """Embed new texts."""
    lake, _ = request.stores(settings)
    return embed_step(lake, engines.embedder(settings))


def classify_task(request: RunRequest, settings: Settings) -> list[Account]:
    """Classify new texts, if the classifier knows the embedding model."""
    lake, _ = request.stores(settings)
    model = engines.classifier(settings)
    return classify_step(lake, model) if model else []


def topics_task(request: RunRequest, settings: Settings) -> list[Account]:
    """Assign texts to topics; discover in what is left."""
    lake, _ = request.stores(settings)
    params = TopicsParams(model_id=engines.embedder(settings).model_id)
    return topics_step(lake, params, engines.topic_naming(request.lake, settings))


def tidy_task(request: RunRequest, settings: Settings) -> None:
    """Join what the nights have left in small files."""
    for store in request.stores(settings):
        store.compact()


def refit_task(lake: str, settings: Settings) -> int:
    """Fit a candidate version of the topics; return its number."""
    topics = TopicsParams(model_id=engines.embedder(settings).model_id)
    return refit_step(open_lake(lake), RefitParams(topics=topics), engines.topic_naming(lake, settings))


def promote_task(lake: str, version: int) -> None:
    """Put a version of the topics in force."""
    promote_step(open_lake(lake), version)


def publish_again_task(lake: str, out: Path, as_of: date, run: Mapping[str, Any], lang: str) -> None:
    """Write the CSVs and the report as of a date from what the lake holds."""
    publish(open_lake(lake), out, as_of, run=run, lang=lang)


def publish_task(request: RunRequest, settings: Settings, run: Mapping[str, Any]) -> None:
    """Write the CSVs and the report."""
    lake, _ = request.stores(settings)
    publish(lake, request.out, request.as_of, run=run, lang=request.lang)


ingest = _as_task(ingest_task)
transcribe = _as_task(transcribe_task)
mine = _as_task(mine_task)
segment = _as_task(segment_task)
embed = _as_task(embed_task)
classify = _as_task(classify_task)
topics = _as_task(topics_task)
tidy = _as_task(tidy_task)
publish_results = _as_task(publish_task)
publish_again = _as_task(publish_again_task)
refit = _as_task(refit_task)
promote = _as_task(promote_task)
