"""The command line; nothing but typer is imported before a command runs."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voc_mining.errors import VocError

app = typer.Typer(
    help="お客様の声を掘り起こす / Voice-of-Customer text mining",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="モデル / Models", no_args_is_help=True)
topics_app = typer.Typer(help="トピック / Topics", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(topics_app, name="topics")
glossary_app = typer.Typer(help="用語集 / Glossary", no_args_is_help=True)
app.add_typer(glossary_app, name="glossary")

Lake = Annotated[str, typer.Option("--lake", help="データの置き場所 / root of the lake (folder or URL)")]
# Paths are checked where they are used, with messages in the user's language: not by typer (readable=False).
Out = Annotated[Path, typer.Option("--out", readable=False, help="CSVとレポートの出力先 / folder of CSVs and report")]
Day = Annotated[
    str | None, typer.Option("--date", help="この日の終わり時点 （既定は今日） / as of the end of this day")
]
AsJson = Annotated[bool, typer.Option("--json", help="機械向けのJSON / JSON for programs")]


class Language(StrEnum):
    """Languages of messages, CSV words and the report."""

    ja = "ja"
    en = "en"


Lang = Annotated[Language | None, typer.Option("--lang", help="文言の言葉 / language of messages")]

FAILED = 1
MERGE_LEAST = 2
WORDS_OF_A_GROUP = 1  # `voc` and `voc topics` alone show their help


@app.command()
def run(  # noqa: PLR0913 - the options of the command
    inbox: Annotated[Path, typer.Argument(readable=False, help="取り込むフォルダー / inbox folder")],
    lake: Lake,
    out: Out,
    from_: Annotated[str | None, typer.Option("--from", help="この日以降の記録だけ / records from this day on")] = None,
    date: Day = None,
    full: Annotated[
        bool, typer.Option("--full", help="全工程をやり直す / recompute all but transcripts and vectors")
    ] = False,
    corrections: Annotated[
        bool, typer.Option(help="用語集で聞き間違いを 訂正する / put words of the glossary right")
    ] = True,
    rehear: Annotated[
        bool,
        typer.Option(
            "--rehear", help="今のモデル・用語集で 聞き直す / hear again what another model or glossary has heard"
        ),
    ] = False,
    since: Annotated[
        str | None, typer.Option("--since", help="聞き直すのは この日以降の録音だけ / hear again from this day on")
    ] = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """取り込みから出力までの夜間処理。何度実行しても安全 / The nightly flow; safe to repeat."""
    from pipelines import local_run
    from pipelines.commands.arguments import day

    def work() -> int:
        request = local_run.request(
            inbox,
            lake,
            out,
            as_of=day(date),
            from_date=day(from_),
            full=full,
            corrections=corrections,
            rehear=rehear,
            rehear_since=day(since),
            lang=lang,
        )
        return local_run.run(request, as_json=json)

    _exit(work, lang)


@app.command()
def demo(
    out: Out = Path("demo"),
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """サンプルを作って全工程を実行する / Make the sample inbox and run everything on it."""
    from pipelines import demo as demo_run

    _exit(lambda: demo_run.demo(out, as_json=json, lang=lang), lang)


@app.command()
def transcribe(  # noqa: PLR0913 - the options of the command
    files: Annotated[list[Path], typer.Argument(readable=False, help="録音ファイル / recordings")],
    log: Annotated[Path | None, typer.Option("--log", readable=False, help="通話ログ / call_log.csv")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", readable=False, help="出力先（既定は標準出力） / output file")
    ] = None,
    glossary: Annotated[
        Path | None, typer.Option("--glossary", readable=False, help="用語集 / glossary.csv: words to get right")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Whisperモデルの名前かフォルダー / Whisper model: name or folder")
    ] = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """録音を文字にする（1行1発話のJSON） / Transcribe recordings, one JSON object per utterance."""
    from pipelines.commands.files import transcribe_files

    _exit(
        lambda: transcribe_files(files, log, output, glossary=glossary, model=model, as_json=json, lang=lang),
        lang,
    )


@app.command()
def mask(
    file: Annotated[Path | None, typer.Argument(readable=False, help="テキスト（既定は標準入力） / text file")] = None,
    sources: Annotated[
        Path | None,
        typer.Option("--sources", readable=False, help="自社の伏せ字の設定 / sources.toml with own [masking]"),
    ] = None,
    lang: Lang = None,
) -> None:
    """個人情報を伏せる（1行ごと） / Mask personal data, one line out per line in."""
    from pipelines.commands.mask import mask_file

    _exit(lambda: mask_file(file, sources=sources), lang)


@app.command()
def mine(  # noqa: PLR0913 - the options of the command
    file: Annotated[Path, typer.Argument(readable=False, help="文章の表（CSV・TSV） / table of texts (CSV, TSV)")],
    text: Annotated[str, typer.Option("--text", help="文章の列 / column of the texts")],
    out: Out,
    id_: Annotated[str | None, typer.Option("--id", help="IDの列 / column of the ids")] = None,
    group: Annotated[
        str | None, typer.Option("--group", help="この列の値どうしを比べる / compare the values of this column")
    ] = None,
    codes: Annotated[
        Path | None, typer.Option("--codes", readable=False, help="コーディングルール・例文の表 / codes.csv")
    ] = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """文章の表をすぐに分析する（データは残さない） / A quick look at any table of texts, without a lake."""
    from pipelines.commands.mine import mine_file
    from voc_mining.ingest.texts import TextColumns

    _exit(lambda: mine_file(file, TextColumns(text, id_, group), out, codes=codes, as_json=json, lang=lang), lang)


@app.command()
def export(lake: Lake, out: Out, date: Day = None, json: AsJson = False, lang: Lang = None) -> None:
    """CSVをもう一度書き出す / Write the insight CSVs again from the lake."""
    from pipelines.commands.publish import export_again

    _exit(lambda: export_again(lake, out, date, as_json=json, lang=lang), lang)


@app.command()
def report(lake: Lake, out: Out, date: Day = None, json: AsJson = False, lang: Lang = None) -> None:
    """レポートをもう一度作る / Make the HTML report again from the lake."""
    from pipelines.commands.publish import report_again

    _exit(lambda: report_again(lake, out, date, as_json=json, lang=lang), lang)


@models_app.command("install")
def models_install(json: AsJson = False, lang: Lang = None) -> None:
    """同梱のモデルを組み立てる（検証つき） / Put the embedded models together, verified."""
    from pipelines.commands.models import install

    _exit(lambda: install(as_json=json, lang=lang), lang)


@models_app.command("list")
def models_list(json: AsJson = False, lang: Lang = None) -> None:
    """使えるモデルの一覧 / List the models of models.toml."""
    from pipelines.commands.models import show

    _exit(lambda: show(as_json=json), lang)


Topic = Annotated[str, typer.Argument(help="トピックIDまたは名前 / id or name of a topic")]
Statements = Annotated[list[str], typer.Argument(help="発言ID（voc.csvのvoc_id） / voc_id of statements")]
Author = Annotated[str | None, typer.Option("--author", help="だれの操作か（既定はログイン名） / who edits")]


@topics_app.command("list")
def topics_list(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """トピックの一覧 / List the topics."""
    from pipelines.commands import topic_words

    _exit(lambda: topic_words.print_list(lake, as_json=json, lang=lang), lang)


@topics_app.command("show")
def topics_show(topic: Topic, lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """トピックの中身と例 / Show a topic with examples."""
    from pipelines.commands import topic_words

    _exit(lambda: topic_words.print_topic(lake, topic, as_json=json, lang=lang), lang)


@topics_app.command("codes")
def topics_codes(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """コード（コーディングルール・例文）の一覧 / List the codes with their counts."""
    from pipelines.commands import codes

    _exit(lambda: codes.print_codes(lake, as_json=json, lang=lang), lang)


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

    _exit(lambda: topic_words.rename(lake, topic, label, author=author, as_json=json, lang=lang), lang)


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

    _exit(work, lang)


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

    _exit(lambda: topic_words.split(lake, topic, statements, name, author=author, as_json=json, lang=lang), lang)


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

    _exit(lambda: topic_words.move(lake, statements, to, author=author, as_json=json, lang=lang), lang)


@topics_app.command("pin")
def topics_pin(topic: Topic, lake: Lake, author: Author = None, json: AsJson = False, lang: Lang = None) -> None:
    """トピックを固定する（まとめられず、作り直しでも残る） / Have a topic stay as it is."""
    from pipelines.commands import topic_words

    _exit(lambda: topic_words.pin(lake, topic, author=author, as_json=json, lang=lang), lang)


@topics_app.command("hide")
def topics_hide(topic: Topic, lake: Lake, author: Author = None, json: AsJson = False, lang: Lang = None) -> None:
    """トピックを画面に出さない / Leave a topic out of what readers see."""
    from pipelines.commands import topic_words

    _exit(lambda: topic_words.hide(lake, topic, author=author, as_json=json, lang=lang), lang)


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

    _exit(lambda: topic_words.group(lake, topics, under, author=author, as_json=json, lang=lang), lang)


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

    _exit(lambda: topic_words.note(lake, topic, text, author=author, as_json=json, lang=lang), lang)


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

    _exit(
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

    _exit(lambda: topic_words.print_history(lake, topic, as_json=json, lang=lang), lang)


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

    _exit(lambda: topic_words.undo(lake, edit, author=author, as_json=json, lang=lang), lang)


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

    _exit(lambda: refit.fit(lake, by_policy=by_policy, as_json=json, lang=lang), lang)


@topics_app.command("candidates")
def topics_candidates(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """トピックの版と品質の一覧 / List the versions of the topics with their quality."""
    from pipelines.commands import refit

    _exit(lambda: refit.print_candidates(lake, as_json=json, lang=lang), lang)


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

    _exit(lambda: refit.promote(lake, version, author=author, as_json=json, lang=lang), lang)


@topics_app.command("rollback")
def topics_rollback(lake: Lake, author: Author = None, json: AsJson = False, lang: Lang = None) -> None:
    """採用する前の版に戻す / Go back to the version before the last promotion."""
    from pipelines.commands import refit

    _exit(lambda: refit.rollback(lake, author=author, as_json=json, lang=lang), lang)


@glossary_app.command("list")
def glossary_list(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """用語と、話された回数・訂正された回数 / List the terms, how often said and put right."""
    from pipelines.commands import glossary_words

    _exit(lambda: glossary_words.print_list(lake, as_json=json, lang=lang), lang)


@glossary_app.command("corrections")
def glossary_corrections(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """用語集によって訂正された表記 / List what was put right, with the original."""
    from pipelines.commands import glossary_words

    _exit(lambda: glossary_words.print_corrections(lake, as_json=json, lang=lang), lang)


@glossary_app.command("candidates")
def glossary_candidates(
    lake: Lake,
    most: Annotated[int, typer.Option("--most", min=1, help="表示する件数 / how many to show")] = 50,
    csv: Annotated[
        Path | None, typer.Option("--csv", readable=False, help="用語集の形で書き出す / write as a glossary file")
    ] = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """聞き間違いらしい表記の候補 / List what may have been misheard."""
    from pipelines.commands import glossary_words

    _exit(lambda: glossary_words.print_candidates(lake, most=most, out=csv, as_json=json, lang=lang), lang)


@glossary_app.command("accept")
def glossary_accept(
    place: Annotated[
        Path, typer.Argument(readable=False, help="用語集またはインボックス / glossary.csv, or the inbox")
    ],
    pairs: Annotated[list[str], typer.Argument(help="聞こえた表記=正しい用語 … / HEARD=TERM …")],
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """候補を用語集に加える / Enter candidates into the glossary as aliases."""
    from pipelines.commands import glossary_words

    _exit(lambda: glossary_words.accept_candidates(place, pairs, as_json=json, lang=lang), lang)


@app.command()
def doctor(
    inbox: Annotated[
        Path | None, typer.Option("--inbox", readable=False, help="確かめるインボックス / inbox to check")
    ] = None,
    lake: Annotated[str | None, typer.Option("--lake", help="確かめるデータの置き場所 / lake to check")] = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """モデル・ディスク・音声形式・設定を点検し、することを示す / Check the installation; say what to do."""
    from pipelines.commands.doctor import examine

    _exit(lambda: examine(inbox, lake, as_json=json, lang=lang), lang)


def main() -> NoReturn:
    """Run the command line; say what is wrong with one that cannot be read."""
    arguments = sys.argv[1:]
    command = typer.main.get_group(app)
    if "--help" in arguments or len(arguments) <= WORDS_OF_A_GROUP:
        from pipelines.commands.help_words import speak

        speak(command, _language(_language_asked(arguments)))
    if "--help" in arguments:  # of a group too, which has no --lang of its own
        pairs = zip(["", *arguments], arguments, strict=False)
        arguments = [word for before, word in pairs if "--lang" not in {before, word.partition("=")[0]}]
    try:
        code = command(arguments, prog_name="voc", standalone_mode=False)
    except typer.TyperException as wrong:
        from pipelines.commands.usage import wrong_usage
        from voc_mining.messages.catalogue import Messages

        trouble = wrong_usage(wrong)
        if trouble is not None:
            trouble.lang = _language(_language_asked(sys.argv[1:]))
            _say_error(trouble, Messages(trouble.lang)("error.label"))
        code = wrong.exit_code
    except typer.Abort:
        code = FAILED
    sys.exit(code or 0)


def _exit(work: object, lang: str | None) -> NoReturn:
    """Run a command body; say what to do about errors that the user can mend, and exit with its code."""
    from voc_mining.errors import VocError, spoken_in
    from voc_mining.messages.catalogue import Messages

    assert callable(work)
    say = Messages(_language(lang))
    try:
        with spoken_in(say.lang):
            code = work()
    except VocError as trouble:
        _say_error(trouble, say("error.label"))
        code = FAILED
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    raise typer.Exit(code or 0)


def _say_error(trouble: VocError, label: str) -> None:
    if "--json" in sys.argv[1:]:
        typer.echo(trouble.as_json(), err=True)
    else:
        typer.secho(f"{label}: {trouble.problem}\n{trouble.remedy}", fg=typer.colors.RED, err=True)


def _language(lang: str | None) -> str:
    """Language of errors; settings that are wrong themselves must not hide them."""
    from pydantic import ValidationError

    from pipelines.settings import Settings

    try:
        return lang or Settings().language
    except ValidationError:
        return "ja"


def _language_asked(arguments: Sequence[str]) -> str | None:
    """Language that a command line asks for, even one that cannot be read.

    >>> _language_asked(["topics", "lst", "--lang", "en"]), _language_asked(["--lang=ja"]), _language_asked(["--lang"])
    ('en', 'ja', None)
    """
    pairs = zip(arguments, [*arguments[1:], ""], strict=False)
    asked = [
        after if word == "--lang" else word.partition("=")[2] for word, after in pairs if word.startswith("--lang")
    ]
    return next((each for each in asked if each in {"ja", "en"}), None)


if __name__ == "__main__":
    main()
