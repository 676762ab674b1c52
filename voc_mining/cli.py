"""The command line; nothing but typer is imported before a command runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from voc_mining.cli_options import (
    FAILED,
    AsJson,
    Channel,
    Day,
    Lake,
    Lang,
    Out,
    Situation,
    finish,
    say_error,
    told_language,
)
from voc_mining.cli_origin import origin_app
from voc_mining.cli_topics import topics_app

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    help="お客様の声を掘り起こす / Voice-of-Customer text mining",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="モデル / Models", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(topics_app, name="topics")
app.add_typer(origin_app, name="origin")
glossary_app = typer.Typer(help="用語集 / Glossary", no_args_is_help=True)
app.add_typer(glossary_app, name="glossary")

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

    finish(work, lang)


@app.command()
def demo(
    out: Out = Path("demo"),
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """サンプルを作って全工程を実行する / Make the sample inbox and run everything on it."""
    from pipelines import demo as demo_run

    finish(lambda: demo_run.demo(out, as_json=json, lang=lang), lang)


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

    finish(
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

    finish(lambda: mask_file(file, sources=sources), lang)


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

    finish(lambda: mine_file(file, TextColumns(text, id_, group), out, codes=codes, as_json=json, lang=lang), lang)


@app.command()
def export(lake: Lake, out: Out, date: Day = None, json: AsJson = False, lang: Lang = None) -> None:
    """CSVをもう一度書き出す / Write the insight CSVs again from the lake."""
    from pipelines.commands.publish import export_again

    finish(lambda: export_again(lake, out, date, as_json=json, lang=lang), lang)


@app.command()
def report(lake: Lake, out: Out, date: Day = None, json: AsJson = False, lang: Lang = None) -> None:
    """レポートをもう一度作る / Make the HTML report again from the lake."""
    from pipelines.commands.publish import report_again

    finish(lambda: report_again(lake, out, date, as_json=json, lang=lang), lang)


@models_app.command("install")
def models_install(json: AsJson = False, lang: Lang = None) -> None:
    """同梱のモデルを組み立てる（検証つき） / Put the embedded models together, verified."""
    from pipelines.commands.models import install

    finish(lambda: install(as_json=json, lang=lang), lang)


@models_app.command("list")
def models_list(json: AsJson = False, lang: Lang = None) -> None:
    """使えるモデルの一覧 / List the models of models.toml."""
    from pipelines.commands.models import show

    finish(lambda: show(as_json=json), lang)


@glossary_app.command("list")
def glossary_list(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """用語と、話された回数・訂正された回数 / List the terms, how often said and put right."""
    from pipelines.commands import glossary_words

    finish(lambda: glossary_words.print_list(lake, as_json=json, lang=lang), lang)


@glossary_app.command("corrections")
def glossary_corrections(lake: Lake, json: AsJson = False, lang: Lang = None) -> None:
    """用語集によって訂正された表記 / List what was put right, with the original."""
    from pipelines.commands import glossary_words

    finish(lambda: glossary_words.print_corrections(lake, as_json=json, lang=lang), lang)


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

    finish(lambda: glossary_words.print_candidates(lake, most=most, out=csv, as_json=json, lang=lang), lang)


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

    finish(lambda: glossary_words.accept_candidates(place, pairs, as_json=json, lang=lang), lang)


@app.command()
def outreach(  # noqa: PLR0913 - the options of the command
    lake: Lake,
    out: Annotated[Path, typer.Option("--out", readable=False, help="一覧のCSV / CSV of the list")],
    campaign: Annotated[
        str | None, typer.Option("--campaign", help="キャンペーンの名前 （既定は日付） / name of the campaign")
    ] = None,
    channel: Annotated[Channel, typer.Option("--channel", help="送る手段 / tool that sends")] = Channel.mail,
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="案内する人数の上限 / most customers asked")
    ] = None,
    only: Annotated[Situation | None, typer.Option("--only", help="この場面だけ / only this situation")] = None,
    holdout: Annotated[
        float, typer.Option("--holdout", help="効果を測るため無作為に残す割合 / share held out at random")
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="くじの種 / seed of the draw")] = 0,
    date: Day = None,
    json: AsJson = False,
    lang: Lang = None,
) -> None:
    """サイレントカスタマー・導入期への案内の一覧を書き出す / List whom to contact, for mail, SMS or app tools."""
    from pipelines.commands.outreach import list_outreach

    def work() -> int:
        return list_outreach(
            lake,
            out,
            campaign=campaign,
            channel=channel,
            limit=limit,
            holdout=holdout,
            seed=seed,
            only=only,
            as_of=date,
            as_json=json,
            lang=lang,
        )

    finish(work, lang)


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

    finish(lambda: examine(inbox, lake, as_json=json, lang=lang), lang)


def main() -> NoReturn:
    """Run the command line; say what is wrong with one that cannot be read."""
    arguments = sys.argv[1:]
    command = typer.main.get_group(app)
    if "--help" in arguments or len(arguments) <= WORDS_OF_A_GROUP:
        from pipelines.commands.help_words import speak

        speak(command, told_language(_language_asked(arguments)))
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
            trouble.lang = told_language(_language_asked(sys.argv[1:]))
            say_error(trouble, Messages(trouble.lang)("error.label"))
        code = wrong.exit_code
    except typer.Abort:
        code = FAILED
    sys.exit(code or 0)


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
