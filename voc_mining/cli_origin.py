"""`voc origin …`: contacts whose origin provenance does not tell."""

from __future__ import annotations

from typing import Annotated

import typer

from voc_mining.cli_options import AsJson, Author, Lake, Lang, finish

origin_app = typer.Typer(help="起点（受動・能動）が不明のコンタクト / Contacts of unknown origin", no_args_is_help=True)

Contacts = Annotated[list[str], typer.Argument(help="コンタクトID / contact_id of contacts")]


@origin_app.command("list")
def origin_list(
    lake: Lake,
    every: Annotated[
        bool, typer.Option("--all", help="却下・確定したものも / also what was rejected or confirmed")
    ] = False,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """起点が不明のコンタクトと、冒頭の言葉からの候補（自動では使わない） / List them with what their openings suggest."""
    from pipelines.commands import origin_words

    finish(lambda: origin_words.print_list(lake, every=every, as_json=json, lang=lang), lang)


@origin_app.command("queues")
def origin_queues(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """キューごとの不明の数と、sources.toml に足すルールの候補 / Count them by queue, with rules that would tell."""
    from pipelines.commands import origin_words

    finish(lambda: origin_words.print_queues(lake, as_json=json, lang=lang), lang)


@origin_app.command("confirm")
def origin_confirm(  # noqa: PLR0913 - the options of the command
    contacts: Contacts,
    lake: Lake,
    origin: Annotated[
        str,
        typer.Option(
            "--as", help="reactive（受動）・proactive（能動）・other（その他） / reactive, proactive or other"
        ),
    ],
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """起点を確定する（次の実行から有効） / Say what the origin is; it holds from the next run on."""
    from pipelines.commands import origin_words

    finish(lambda: origin_words.confirm(lake, contacts, origin, author=author, as_json=json, lang=lang), lang)


@origin_app.command("reject")
def origin_reject(
    contacts: Contacts, lake: Lake, author: Author = None, json: AsJson = False, lang: Lang = None
) -> None:
    """候補を却下する（不明のまま、一覧に出さない） / Reject a suggestion: it stays unknown and is listed no more."""
    from pipelines.commands import origin_words

    finish(lambda: origin_words.reject(lake, contacts, author=author, as_json=json, lang=lang), lang)


@origin_app.command("undo")
def origin_undo(
    lake: Lake,
    name: Annotated[str | None, typer.Argument(help="操作ID（既定は直前の操作） / id; the latest if none")] = None,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """確定・却下を取り消す / Take back a confirmation or rejection."""
    from pipelines.commands import origin_words

    finish(lambda: origin_words.undo(lake, name, author=author, as_json=json, lang=lang), lang)


@origin_app.command("history")
def origin_history(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """確定・却下の履歴 / What was said, the latest first."""
    from pipelines.commands import origin_words

    finish(lambda: origin_words.print_history(lake, as_json=json, lang=lang), lang)
