"""`voc models`: install and list."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from pipelines import engines
from pipelines.commands.arguments import language
from pipelines.settings import Settings, quiet_libraries
from voc_mining.messages.catalogue import Messages
from voc_mining.model_files.catalogue import load_catalogue
from voc_mining.model_files.install import install_embedded


def install(*, as_json: bool = False, lang: str | None = None) -> int:
    """Put the embedded models together; say where they are."""
    quiet_libraries()
    settings = Settings()
    say = Messages(language(lang, settings))
    console = Console(stderr=True)
    bars: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def tell(name: str, done: int, total: int) -> None:
            if name not in bars:
                bars[name] = progress.add_task(name, total=total)
            progress.update(bars[name], completed=done, total=total)

        installed = install_embedded(settings.models_dir, tell)
    embedder = engines.embedder(settings)
    made_here = {model.folder for model in installed}
    converted = embedder.prepare() if Path(embedder.located.reference) in made_here else None
    if as_json:
        made = [
            {"name": each.name, "folder": str(each.folder), "identity": each.identity, "fresh": each.fresh}
            for each in installed
        ]
        print(json.dumps(made, ensure_ascii=False, indent=1))  # noqa: T201 - the command's output
        return 0
    for model in installed:
        Console().print(say("models.installed", name=model.name, path=model.folder), soft_wrap=True)
    if converted is not None:
        size = sum(file.stat().st_size for file in converted.rglob("*"))
        told = say("models.converted", name=embedder.located.name, mb=round(size / 1e6), path=converted)
        Console().print(told, soft_wrap=True)
    return 0


def show(*, as_json: bool = False) -> int:
    """List the models of models.toml with their source, licence and note."""
    entries = load_catalogue().models.values()
    rows = [{"name": e.name, "kind": e.kind, "source": e.source, "licence": e.licence, "note": e.note} for e in entries]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201 - the command's output
    else:
        for row in rows:
            Console().print(
                f"[bold]{row['name']}[/bold] ({row['kind']}, {row['source']}, {row['licence']}) {row['note']}"
            )
    return 0
