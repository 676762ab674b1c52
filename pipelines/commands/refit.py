"""`voc topics refit`, `candidates`, `promote`, `rollback`: versions of the topics, by hand."""

from __future__ import annotations

import json

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines import engines
from pipelines.commands.arguments import lake_with_data, language
from pipelines.refit_run import change_row, decided, note, objection
from pipelines.settings import Settings
from pipelines.steps.refit import promote_step, read_candidates, refit_step, rollback_step
from voc_mining.messages.catalogue import Messages
from voc_mining.store.delta import DeltaStore
from voc_mining.topics.params import TopicsParams
from voc_mining.topics.quality import PromotionPolicy
from voc_mining.topics.refit import RefitParams


def fit(lake: str, *, by_policy: bool, as_json: bool, lang: str | None) -> int:
    """Fit a candidate; put it in force if that is wished and the policy allows it."""
    say = Messages(language(lang))
    store = lake_with_data(lake)
    settings = Settings()
    params = RefitParams(topics=TopicsParams(model_id=engines.embedder(settings).model_id))
    version = refit_step(store, params, engines.topic_naming(lake, settings))
    policy = PromotionPolicy() if by_policy else None
    result = decided(store, version, policy, lambda chosen: promote_step(store, chosen))
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))  # noqa: T201 - the command's output
        return 0
    _tabled(store, say)
    Console().print(say("refit.promoted" if result["promoted"] else "refit.waiting", version=version))
    for code in result["objections"]:
        Console().print(f"{say('refit.objection')}: {objection(code, say)}", style="yellow")
    return 0


def print_candidates(lake: str, *, as_json: bool, lang: str | None) -> int:
    """List the versions of the topics with their quality sheets, the newest first."""
    store = lake_with_data(lake)
    if as_json:
        print(json.dumps(read_candidates(store), ensure_ascii=False, indent=1))  # noqa: T201 - the command's output
        return 0
    _tabled(store, Messages(language(lang)))
    return 0


def promote(lake: str, version: int, *, author: str | None, as_json: bool, lang: str | None) -> int:
    """Put a version in force."""
    say = Messages(language(lang))
    store = lake_with_data(lake)
    promote_step(store, version)
    note(store, "promoted", version, author=author or Settings().author)
    if as_json:
        print(json.dumps({"version": version, "promoted": True}))  # noqa: T201 - the command's output
        return 0
    Console().print(say("refit.promoted", version=version))
    return 0


def rollback(lake: str, *, author: str | None, as_json: bool, lang: str | None) -> int:
    """Go back to the version before the last promotion."""
    say = Messages(language(lang))
    store = lake_with_data(lake)
    version = rollback_step(store)
    note(store, "rolled_back", version, author=author or Settings().author)
    if as_json:
        print(json.dumps({"version": version, "rolled_back": True}))  # noqa: T201 - the command's output
        return 0
    Console().print(say("refit.rolled_back", version=version))
    return 0


def _tabled(store: DeltaStore, say: Messages) -> None:
    columns = ("version", "state", "col_topics", "col_matched", "col_changed", "col_without", "col_apart", "col_stable")
    table = Table(*(say(f"refit.{name}") for name in columns))
    rows = read_candidates(store)
    for row in rows:
        sheet = row["quality"]
        state = say.value("registry_state", row["state"])
        if sheet is None:
            table.add_row(str(row["registry_version"]), state)
            continue
        counts = sheet["without_topic"].values()
        without, said = (sum(each[name] for each in counts) for name in ("after", "statements"))
        table.add_row(
            str(row["registry_version"]),
            state,
            f"{sheet['topics']['before']}→{sheet['topics']['after']}",
            _percent(sheet["topics"]["matched_share"]),
            _percent(sheet["texts"]["changed_share"]),
            _percent(without / said if said else None),
            f"{sheet['separation']['before']}→{sheet['separation']['after']}",
            str((sheet.get("stability") or {"after": {"mean": ""}})["after"]["mean"]),
        )
    Console().print(table)
    candidate = next((row["quality"] for row in rows if row["state"] == "candidate"), None)
    if candidate is not None and candidate["changes"]:
        changes = Table(say("report.topic"), say("refit.what_became"), say("refit.related"))
        for change in candidate["changes"]:
            changes.add_row(*map(escape, change_row(change, say)))
        Console().print(changes)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
