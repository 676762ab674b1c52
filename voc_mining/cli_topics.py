"""`voc topics …`: looking at topics, editing them, and fitting them anew."""

from __future__ import annotations

from typing import Annotated

import typer

from voc_mining.cli_options import AsJson, Author, Lake, Lang, finish

topics_app = typer.Typer(help="トピック / Topics", no_args_is_help=True)

MERGE_LEAST = 2

Topic = Annotated[str, typer.Argument(help="トピックIDまたは名前 / id or name of a topic")]
Statements = Annotated[list[str], typer.Argument(help="発言ID（voc.csvのvoc_id） / voc_id of statements")]


@topics_app.command("list")
def topics_list(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """トピックの一覧 / List the topics."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.print_list(lake, as_json=json, lang=lang), lang)


@topics_app.command("show")
def topics_show(topic: Topic, lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """トピックの中身と例 / Show a topic with examples."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.print_topic(lake, topic, as_json=json, lang=lang), lang)


@topics_app.command("codes")
def topics_codes(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """コード（コーディングルール・例文）の一覧 / List the codes with their counts."""
    from pipelines.commands import codes

    finish(lambda: codes.print_codes(lake, as_json=json, lang=lang), lang)


@topics_app.command("rename")
def topics_rename(  # noqa: PLR0913 - the options of the command
    topic: Topic,
    label: Annotated[str, typer.Argument(help="新しい名前 / new name")],
    lake: Lake,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """トピックの名前を変える / Rename a topic."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.rename(lake, topic, label, author=author, as_json=json, lang=lang), lang)


@topics_app.command("merge")
def topics_merge(
    topics: Annotated[
        list[str], typer.Argument(help="まとめるトピック…、最後にまとめ先 / topics …, then the one they join")
    ],
    lake: Lake,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """トピックを別のトピックにまとめる / Merge topics into another."""
    from pipelines.commands import topic_words
    from voc_mining.errors import UserError

    def work() -> int:
        if len(topics) < MERGE_LEAST:
            raise UserError("topics.merge_alone")
        return topic_words.merge(lake, topics[:-1], topics[-1], author=author, as_json=json, lang=lang)

    finish(work, lang)


@topics_app.command("split")
def topics_split(  # noqa: PLR0913 - the options of the command
    topic: Topic,
    statements: Statements,
    name: Annotated[str, typer.Option("--name", help="新しいトピックの名前 / name of the new topic")],
    lake: Lake,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """選んだ発言に近いものを別のトピックにする / Make a topic of what is like some statements."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.split(lake, topic, statements, name, author=author, as_json=json, lang=lang), lang)


@topics_app.command("move")
def topics_move(  # noqa: PLR0913 - the options of the command
    statements: Statements,
    lake: Lake,
    to: Annotated[
        str | None, typer.Option("--to", help="移す先のトピック（既定はトピックなし） / topic; none if not given")
    ] = None,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """発言を別のトピックに移す / Move statements to a topic, or out of any."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.move(lake, statements, to, author=author, as_json=json, lang=lang), lang)


@topics_app.command("pin")
def topics_pin(topic: Topic, lake: Lake, author: Author = None, json: AsJson = False, lang: Lang = None) -> None:
    """トピックを固定する（まとめられず、作り直しでも残る） / Have a topic stay as it is."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.pin(lake, topic, author=author, as_json=json, lang=lang), lang)


@topics_app.command("hide")
def topics_hide(topic: Topic, lake: Lake, author: Author = None, json: AsJson = False, lang: Lang = None) -> None:
    """トピックを画面に出さない / Leave a topic out of what readers see."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.hide(lake, topic, author=author, as_json=json, lang=lang), lang)


@topics_app.command("group")
def topics_group(  # noqa: PLR0913 - the options of the command
    topics: Annotated[list[str], typer.Argument(help="まとめて見出しの下に置くトピック / topics")],
    under: Annotated[str, typer.Option("--under", help="見出しの名前 / name of the heading")],
    lake: Lake,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """トピックを見出しの下に置く / Put topics under a heading."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.group(lake, topics, under, author=author, as_json=json, lang=lang), lang)


@topics_app.command("note")
def topics_note(  # noqa: PLR0913 - the options of the command
    topic: Topic,
    text: Annotated[str, typer.Argument(help="メモ / what to write down")],
    lake: Lake,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """トピックにメモを付ける / Write something down about a topic."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.note(lake, topic, text, author=author, as_json=json, lang=lang), lang)


@topics_app.command("tree")
def topics_tree(  # noqa: PLR0913 - the options of the command
    lake: Lake,
    groups: Annotated[int | None, typer.Option("--groups", min=1, help="組の数 / number of groups")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="組を見出しにする / make headings of the groups")] = False,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """似たトピックを組にして見せる（粗さは組の数で選ぶ） / Topics in groups, as coarse as wanted."""
    from pipelines.commands import topic_tree

    finish(
        lambda: topic_tree.print_tree(lake, groups, apply=apply, author=author, as_json=json, lang=lang),
        lang,
    )


@topics_app.command("history")
def topics_history(
    lake: Lake,
    topic: Annotated[str | None, typer.Argument(help="トピックIDまたは名前 / id or name")] = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """だれがいつ何を変えたか / Who changed what, and when."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.print_history(lake, topic, as_json=json, lang=lang), lang)


@topics_app.command("undo")
def topics_undo(
    lake: Lake,
    edit: Annotated[str | None, typer.Argument(help="操作ID（既定は最後の操作） / edit id")] = None,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """操作を取り消す / Take an edit back."""
    from pipelines.commands import topic_words

    finish(lambda: topic_words.undo(lake, edit, author=author, as_json=json, lang=lang), lang)


@topics_app.command("refit")
def topics_refit(
    lake: Lake,
    by_policy: Annotated[
        bool, typer.Option("--promote", help="基準を満たせばそのまま採用する / promote if the policy allows it")
    ] = False,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """トピックを作り直して候補の版にする / Fit the topics anew as a candidate version."""
    from pipelines.commands import refit

    finish(lambda: refit.fit(lake, by_policy=by_policy, as_json=json, lang=lang), lang)


@topics_app.command("candidates")
def topics_candidates(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """トピックの版と品質の一覧 / List the versions of the topics with their quality."""
    from pipelines.commands import refit

    finish(lambda: refit.print_candidates(lake, as_json=json, lang=lang), lang)


@topics_app.command("promote")
def topics_promote(
    version: Annotated[int, typer.Argument(help="採用する版 / version to put in force")],
    lake: Lake,
    author: Author = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """候補の版を採用する（IDと編集は引き継ぐ） / Put a version in force; ids and edits hold."""
    from pipelines.commands import refit

    finish(lambda: refit.promote(lake, version, author=author, as_json=json, lang=lang), lang)


@topics_app.command("rollback")
def topics_rollback(lake: Lake, author: Author = None, json: AsJson = False, lang: Lang = None) -> None:
    """採用する前の版に戻す / Go back to the version before the last promotion."""
    from pipelines.commands import refit

    finish(lambda: refit.rollback(lake, author=author, as_json=json, lang=lang), lang)
