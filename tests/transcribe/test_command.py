from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import engines
from pipelines.commands.call_log import LoggedCall, logged_calls
from pipelines.commands.files import transcribe_files
from pipelines.commands.transcribe import transcribe_to_jsonl
from voc_mining.errors import UserError, spoken_in

LINES = {1: ["お電話ありがとうございます。", "失礼いたします。"], 2: ["解約したいです。"], 3: ["もしもし。"]}
LOG = "call_id,recording,agent_channel,note\nC1,2026/stereo.wav,0,応対メモ①\nC2,mono.wav,0,\nC3,,,\nC4,x.wav,left,\n"


@pytest.fixture
def folder(tmp_path: Path, marked: Callable, encode: Callable) -> Path:
    (tmp_path / "2026").mkdir()
    encode(tmp_path / "2026" / "stereo.wav", marked(1, 2), codec="pcm_f32le", rate=16000)
    encode(tmp_path / "mono.wav", marked(3), codec="pcm_f32le", rate=16000)
    (tmp_path / "bad.wav").write_bytes(b"")
    return tmp_path


def test_lines_hold_what_the_format_says(folder: Path, scripted: type) -> None:
    (folder / "call_log.csv").write_bytes(LOG.encode("cp932"))
    out = io.StringIO()
    files = [folder / "2026" / "stereo.wav", folder / "bad.wav", folder / "mono.wav"]
    done = transcribe_to_jsonl(files, logged_calls(folder / "call_log.csv"), scripted(LINES), out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [
        (Path(line["file"]).name, line["channel"], line["role"], line["start"], line["text"]) for line in lines
    ] == [
        ("stereo.wav", 0, "agent", 0.0, "お電話ありがとうございます。"),
        ("stereo.wav", 1, "customer", 0.0, "解約したいです。"),
        ("stereo.wav", 0, "agent", 1.0, "失礼いたします。"),
        ("mono.wav", 0, "unknown", 0.0, "もしもし。"),
    ]
    assert list(lines[0]) == [
        "file", "channel", "speaker", "role", "start", "end", "text", "confidence", "flags", "corrections",
    ]  # fmt: skip
    assert [line["corrections"] for line in lines] == [[]] * 4
    assert (done.files, done.utterances) == (2, 4)
    assert [(path.name, why.fault.code) for path, why in done.failed] == [("bad.wav", "empty_file")]
    assert "お電話" in out.getvalue(), "Japanese stays readable"


def test_without_a_log_the_agent_is_known_by_what_is_said(folder: Path, scripted: type) -> None:
    out = io.StringIO()
    transcribe_to_jsonl([folder / "2026" / "stereo.wav", folder / "mono.wav"], {}, scripted(LINES), out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {(line["channel"], line["role"]) for line in lines if line["file"].endswith("stereo.wav")} == {
        (0, "agent"),
        (1, "customer"),
    }
    assert {line["role"] for line in lines if line["file"].endswith("mono.wav")} == {"unknown"}


@pytest.mark.parametrize(("direction", "role"), [("架電", "agent"), ("受電", "unknown"), ("", "unknown")])
def test_the_direction_of_the_log_decides_what_counts(folder: Path, scripted: type, direction: str, role: str) -> None:
    log = folder / "call_log.csv"
    log.write_text(f"recording,direction\n2026/stereo.wav,{direction}\n", encoding="utf-8")
    lines = {1: ["請求の件でお電話いたしました。"], 2: ["請求ですか。"]}
    out = io.StringIO()
    transcribe_to_jsonl([folder / "2026" / "stereo.wav"], logged_calls(log), scripted(lines), out)
    assert next(json.loads(line)["role"] for line in out.getvalue().splitlines()) == role


def test_log_without_its_columns_says_so(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("id,file\n1,a.wav\n", encoding="utf-8")
    with pytest.raises(UserError, match="agent_channel"):
        logged_calls(log)
    with pytest.raises(UserError, match="cannot be read"):
        logged_calls(tmp_path / "missing.csv")


def test_log_with_mark_and_windows_paths(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("recording,agent_channel\n2026\\01\\a.wav,1\n", encoding="utf-8-sig")
    assert logged_calls(log) == {"2026/01/a.wav": LoggedCall(1)}


def test_the_command_writes_a_file_and_tells_how_much(
    folder: Path, scripted: type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "transcriber", lambda *_: scripted(LINES))
    monkeypatch.setattr(engines, "voice_encoder", lambda _: None)
    target = folder / "lines.jsonl"
    assert transcribe_files([folder / "mono.wav"], None, target, lang="ja") == 0
    assert len(target.read_text("utf-8").splitlines()) == 1
    told = capsys.readouterr()
    assert (told.out, "録音 1件、発話 1件" in told.err) == ("", True)
    assert transcribe_files([folder / "bad.wav"], None, target, lang="en") == 3
    with pytest.raises(UserError, match="cannot be written"):
        transcribe_files([folder / "mono.wav"], None, folder / "nowhere" / "lines.jsonl", lang="en")


def test_a_file_has_its_name_only_when_it_is_whole(
    folder: Path, scripted: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(*_args: object) -> None:
        raise Killed

    target = folder / "lines.jsonl"
    target.write_text("earlier\n", encoding="utf-8")
    monkeypatch.setattr(engines, "transcriber", lambda *_: scripted(LINES))
    monkeypatch.setattr(engines, "voice_encoder", lambda _: None)
    with monkeypatch.context() as later:
        later.setattr("pipelines.commands.transcribe._with_roles", dies)
        with pytest.raises(Killed):
            transcribe_files([folder / "mono.wav"], None, target)
    assert target.read_text("utf-8") == "earlier\n"
    assert transcribe_files([folder / "mono.wav"], None, target) == 0
    assert len(target.read_text("utf-8").splitlines()) == 1
    assert not target.with_name("lines.jsonl.part").exists()


def test_the_summary_for_programs(
    folder: Path, scripted: type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "transcriber", lambda *_: scripted(LINES))
    monkeypatch.setattr(engines, "voice_encoder", lambda _: None)
    files = [folder / "mono.wav", folder / "bad.wav"]
    assert transcribe_files(files, None, folder / "lines.jsonl", as_json=True, lang="ja") == 3
    summary = json.loads(capsys.readouterr().out)
    assert (summary["files"], summary["utterances"], summary["output"]) == (1, 1, str(folder / "lines.jsonl"))
    assert [(each["reason"], "ファイルが空です" in each["detail"]) for each in summary["failed"]] == [
        ("empty_file", True)
    ]
    transcribe_files(files, None, None, as_json=True, lang="en")
    told = capsys.readouterr()
    assert json.loads(told.err)["output"] is None
    assert json.loads(told.out)["text"]


GLOSSARY = "term,reading,aliases,category\n請求書,せいきゅうしょ,,\n解約,,海薬,\n"
MISHEARD = {1: ["製給所が届きません。"], 2: ["海薬したいです。お客様番号は12345678です。"], 3: ["もしもし。"]}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, scripted: type) -> list[tuple[str, ...]]:
    words: list[tuple[str, ...]] = []
    monkeypatch.setattr(engines, "transcriber", lambda _, told: (words.append(told), scripted(MISHEARD))[1])
    monkeypatch.setattr(engines, "voice_encoder", lambda _: None)
    return words


def test_words_of_a_glossary_are_told_and_put_right(folder: Path, told: list[tuple[str, ...]]) -> None:
    glossary, target = folder / "words.csv", folder / "lines.jsonl"
    glossary.write_bytes(GLOSSARY.encode("cp932"))
    files = [folder / "2026" / "stereo.wav", folder / "mono.wav"]
    assert transcribe_files(files, None, target, glossary=glossary, lang="ja") == 0
    assert told == [("請求書", "解約")]
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [line["text"] for line in lines] == [
        "請求書が届きません。",
        "解約したいです。お客様番号は12345678です。",
        "もしもし。",
    ], "put right, and not masked"
    made = [line["corrections"] for line in lines]
    assert made[0] == [{"start": 0, "end": 3, "original": "製給所", "term": "請求書", "kind": "reading", "score": 1.0}]
    assert [(one["original"], one["kind"]) for one in made[1]] == [("海薬", "alias")]
    assert made[2] == []


def test_settings_of_the_glossary_hold(
    folder: Path, told: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    glossary, target = folder / "words.csv", folder / "lines.jsonl"
    glossary.write_text(GLOSSARY, encoding="utf-8")
    monkeypatch.setenv("VOC_HOTWORDS", "1")
    monkeypatch.setenv("VOC_CORRECTIONS", "off")
    transcribe_files([folder / "2026" / "stereo.wav"], None, target, glossary=glossary, lang="ja")
    assert told == [("請求書",)]
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert next((line["text"], line["corrections"]) for line in lines) == ("製給所が届きません。", [])


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("term,reading,aliases,category\n請求書,請求,,\n,よみ,,\n", "2: 使えない値、3: 必須の値が空"),
        ("用語,別表記\n打刻,座国\n", "必須の列がない"),
        ("", "空のファイル"),
    ],
)
def test_a_bad_glossary_is_named_before_anything_is_heard(
    folder: Path, told: list[tuple[str, ...]], content: str, named: str
) -> None:
    glossary = folder / "words.csv"
    glossary.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as trouble, spoken_in("ja"):
        transcribe_files([folder / "mono.wav"], None, None, glossary=glossary, lang="ja")
    assert named in str(trouble.value)
    assert trouble.value.code == "glossary.bad_rows"
    assert str(glossary) in str(trouble.value)
    with pytest.raises(UserError, match="cannot be read"):
        transcribe_files([folder / "mono.wav"], None, None, glossary=folder / "missing.csv", lang="ja")
    assert told == []
