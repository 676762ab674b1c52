from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from pipelines.commands import topic_edits as desk
from pipelines.commands import topics as commands
from pipelines.steps.edited import edited_topics
from pipelines.steps.topics import topics_step
from tests.topics import cone
from voc_mining.cli import app
from voc_mining.errors import EngineTrouble, UserError
from voc_mining.store.delta import DeltaStore, open_lake

TABLES = ("registries", "topics", "assignments")
FIRST = pl.concat([cone.statements(cone.MATTERS, 15), cone.strays(12), cone.greetings(10)])
SECOND = pl.concat([cone.statements(list(cone.LATE), 18), cone.statements(["login"], 5, start=700)])


def _deliver(lake: DeltaStore, texts: pl.DataFrame, origin: str = "reactive") -> None:
    lake.append_new("voc", cone.voc_rows(texts))
    lake.append_new("vectors", cone.vector_rows(texts))
    lake.append_new("segments", cone.segment_rows(texts, origin))


def _contents(lake: DeltaStore) -> dict[str, pl.DataFrame]:
    return {name: lake.read(name).sort(lake.tables[name].key) for name in TABLES}


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(str(tmp_path / "lake"))
    _deliver(lake, FIRST)
    return lake


def test_the_first_run_finds_topics_and_accounts_for_every_text(lake):
    (account,) = topics_step(lake)
    assert account.inputs == FIRST.height
    assert account.produced >= 8 * 15 * 0.9
    assert account.dropped["no_topic"] >= 20
    assert lake.read("topics").height == len(cone.MATTERS)
    assert lake.read("assignments").height == FIRST.height


def test_a_second_run_writes_nothing(lake):
    topics_step(lake)
    versions = lake.versions()
    (account,) = topics_step(lake)
    assert lake.versions() == versions
    assert (account.inputs, account.unchanged) == (FIRST.height, FIRST.height)


def test_a_new_day_keeps_every_old_id_and_adds_what_is_new(lake):
    topics_step(lake)
    topics, assigned = lake.read("topics"), lake.read("assignments").drop("tried")
    _deliver(lake, SECOND)
    topics_step(lake)
    assert_frame_equal(lake.read("topics").join(topics, on="topic_id", how="semi"), topics, check_row_order=False)
    added = lake.read("topics").join(topics, on="topic_id", how="anti")
    assert set(added["label"]) == {"本体・熱い", "ダークモード・欲しい"}
    had_one = assigned.drop_nulls("topic_id")
    after = lake.read("assignments").drop("tried")
    assert_frame_equal(after.join(had_one, on="text_hash", how="semi"), had_one, check_row_order=False)
    versions = lake.versions()
    topics_step(lake)
    assert lake.versions() == versions


def test_texts_assigned_by_an_older_version_are_judged_by_their_words(lake, tmp_path):
    older = open_lake(str(tmp_path / "older"))
    for each in (lake, older):
        _deliver(each, FIRST)
        topics_step(each)
    older.replace_all("assignments", older.read("assignments").drop("told"))
    for each in (lake, older):
        _deliver(each, SECOND)
        topics_step(each)
    for name, frame in _contents(lake).items():
        same = _contents(older)[name]
        if name == "assignments":
            frame, same = frame.drop("told"), same.drop("told")  # noqa: PLW2901
        assert_frame_equal(same, frame, check_exact=True)


def test_what_we_were_told_when_asking_makes_topics_from_fewer_texts(lake):
    topics_step(lake)
    _deliver(lake, cone.statements(["dark"], 18), "proactive")
    topics_step(lake)
    assert "ダークモード・欲しい" in lake.read("topics")["label"].to_list()


def test_a_lake_does_not_depend_on_the_order_of_its_rows(lake, tmp_path):
    topics_step(lake)
    other = open_lake(str(tmp_path / "other"))
    for part in FIRST.sample(fraction=1.0, shuffle=True, seed=1).iter_slices(40):
        _deliver(other, part)
    topics_step(other)
    for name, frame in _contents(lake).items():
        assert_frame_equal(_contents(other)[name], frame, check_exact=True)


class _Killed(DeltaStore):
    """A store whose process dies at a given write."""

    writes_left = 0

    def append_new(self, name, frame):
        self._live(frame)
        return super().append_new(name, frame)

    def replace(self, name, frame, *, scope, seen=None):
        self._live(frame)
        return super().replace(name, frame, scope=scope, seen=seen)

    def _live(self, frame):
        if frame.is_empty():
            return
        if self.writes_left == 0:
            raise EngineTrouble("killed")
        self.writes_left -= 1


@pytest.mark.parametrize("day", [1, 2])
@pytest.mark.parametrize("survived", [0, 1, 2])
def test_killed_at_any_write_and_run_again_gives_the_same_tables(tmp_path, day, survived):
    undisturbed, killed = (open_lake(str(tmp_path / name)) for name in ("undisturbed", "killed"))
    for lake in (undisturbed, killed):
        _deliver(lake, FIRST)
        if day == 2:
            topics_step(lake)
            _deliver(lake, SECOND)
    topics_step(undisturbed)
    dying = _Killed(killed.uri, killed.tables)
    dying.writes_left = survived
    with pytest.raises(EngineTrouble):
        topics_step(dying)
    topics_step(killed)
    for name, frame in _contents(undisturbed).items():
        assert_frame_equal(_contents(killed)[name], frame, check_exact=True)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_tiny_inbox_has_no_topics_and_says_so(tmp_path, count):
    lake = open_lake(str(tmp_path / "lake"))
    if count:
        _deliver(lake, cone.statements(["login"], count))
    (account,) = topics_step(lake)
    assert account.dropped == ({"too_few": count} if count else {})
    assert "registries" not in lake.versions()
    assert commands.list_topics(lake).is_empty()


def test_a_text_without_a_vector_is_counted(lake):
    topics_step(lake)
    late = cone.statements(["slow"], 2, start=50)
    lake.append_new("voc", cone.voc_rows(late))
    (account,) = topics_step(lake)
    assert account.dropped == {"no_vector": 2}


def test_statements_that_do_not_count_take_no_part(lake):
    lake.append_new("voc", cone.voc_rows(SECOND).with_columns(counts=pl.lit(value=False)))
    (account,) = topics_step(lake)
    assert account.inputs == FIRST.height


def test_edits_survive_reruns_and_new_days(lake):
    topics_step(lake)
    desk.rename_topic(lake, "パスワード・届かない", "ログインできない", author="佐藤", at=cone.moment(1))
    desk.merge_topics(lake, ["画面・遅い"], "ログインできない", author="佐藤", at=cone.moment(2))
    before = commands.list_topics(lake)
    topics_step(lake)
    assert_frame_equal(commands.list_topics(lake), before)
    _deliver(lake, SECOND)
    topics_step(lake)
    after = commands.list_topics(lake)
    whole = after.filter(pl.col("label") == "ログインできない").row(0, named=True)
    assert len(whole["absorbed"]) == 1
    assert whole["n_voc"] >= 2 * 15 * 0.9 + 4
    assert "画面・遅い" not in after["label"].to_list()
    assert after.height == len(cone.MATTERS) - 1 + len(cone.LATE)
    listed = lake.read("assignments").drop_nulls("topic_id").height
    assert after["n_voc"].sum() == listed


def test_a_topic_is_shown_with_its_examples(lake):
    topics_step(lake)
    desk.merge_topics(lake, ["解約・手続き"], "プラン・変更", author="佐藤", at=cone.moment(1))
    view = commands.show_topic(lake, "プラン・変更", n_examples=5)
    assert view.label == "プラン・変更"
    assert view.absorbed["label"].to_list() == ["解約・手続き"]
    assert view.examples.height == 5
    assert view.examples["text"].str.starts_with("plan").all()
    assert view.n_voc == view.n_contacts
    assert "プラン" in view.keywords
    assert commands.show_topic(lake, view.absorbed["topic_id"].item()).topic_id == view.topic_id


def test_undo_takes_back_all_that_the_last_command_did(lake):
    topics_step(lake)
    said = lake.read("voc", ("voc_id",))["voc_id"].sort().to_list()[:3]
    pinned = desk.pin_topic(lake, "画面・遅い", author="佐藤", at=cone.moment(1))
    moved = desk.move_statements(lake, said, None, author="佐藤", at=cone.moment(2))
    assert sorted(desk.undo(lake, author="鈴木", at=cone.moment(3))[1]) == sorted(moved)
    assert desk.undo(lake, author="鈴木", at=cone.moment(4))[1] == [pinned]


def test_edits_by_command_are_told_and_refused_with_what_to_do(lake, capsys, monkeypatch):
    topics_step(lake)
    monkeypatch.setenv("VOC_LANG", "ja")

    def voc(*words: str) -> str:
        result = CliRunner().invoke(app, ["topics", *words, "--lake", lake.uri])
        assert result.exit_code == 0, result.output
        return result.output

    slow = commands.list_topics(lake).filter(pl.col("label") == "画面・遅い")["topic_id"].item()
    assigned = edited_topics(lake).assigned.filter(pl.col("topic_id") == slow)
    said = lake.read("voc", ("voc_id", "text_hash")).join(assigned, on="text_hash")["voc_id"].sort().to_list()
    assert "分けました" in voc("split", "画面・遅い", *said[:2], "--name", "起動が遅い")
    assert "移しました" in voc("move", said[5], "--to", "起動が遅い")
    assert "なしにしました" in voc("move", said[6])
    assert "固定" in voc("pin", "画面・遅い")
    assert "画面に出さない" in voc("hide", "CSV・出力")
    assert "見出し" in voc("group", "画面・遅い", "起動が遅い", "--under", "速さ")
    assert "メモ" in voc("note", "画面・遅い", "9月から増えた")
    shown = voc("show", "画面・遅い")
    assert "固定" in shown
    assert "9月から増えた" in shown
    heading = commands.list_topics(lake).filter(pl.col("label") == "速さ").row(0, named=True)
    under = commands.list_topics(lake).filter(pl.col("parent_id") == heading["topic_id"])
    assert (heading["layer"], heading["n_voc"]) == (1, under["n_voc"].sum())
    for refused, code in (
        (lambda: desk.merge_topics(lake, ["画面・遅い"], "CSV・出力", author="佐藤"), "topics.pinned"),
        (lambda: desk.move_statements(lake, ["無い"], "CSV・出力", author="佐藤"), "topics.no_statement"),
        (lambda: desk.move_statements(lake, said[:1], "速さ", author="佐藤"), "topics.heading"),
        (lambda: desk.split_topic(lake, "CSV・出力", said[:1], "別", author="佐藤"), "topics.not_in_topic"),
        (lambda: desk.group_topics(lake, ["画面・遅い"], "CSV・出力", author="佐藤"), "topics.name_taken"),
        (lambda: desk.note_topic(lake, "画面・遅い", " ", author="佐藤"), "topics.empty_note"),
    ):
        with pytest.raises(UserError) as raised:
            refused()
        assert raised.value.code == code


def test_history_and_undo(lake):
    topics_step(lake)
    named = desk.rename_topic(lake, "画面・遅い", "重い", author="佐藤", at=cone.moment(1))
    (merged,) = desk.merge_topics(lake, ["重い"], "商品・壊れる", author="鈴木", at=cone.moment(2))
    assert commands.history(lake)["edit_id"].to_list() == [merged, named]
    assert commands.history(lake, "CSV・出力").is_empty()
    (undone,), of = desk.undo(lake, author="佐藤", at=cone.moment(3))
    assert of == [merged]
    assert "重い" in commands.list_topics(lake)["label"].to_list()
    assert commands.history(lake, "重い")["edit_id"].to_list() == [undone, merged, named]
    desk.undo(lake, named, author="佐藤", at=cone.moment(4))
    assert "画面・遅い" in commands.list_topics(lake)["label"].to_list()
    with pytest.raises(UserError, match="no edit"):
        desk.undo(lake, author="佐藤")
    with pytest.raises(UserError, match="E-none"):
        desk.undo(lake, "E-none", author="佐藤")


def test_what_cannot_be_done_is_said(lake):
    topics_step(lake)
    with pytest.raises(UserError, match="no topic"):
        commands.show_topic(lake, "nothing")
    with pytest.raises(UserError, match="empty"):
        desk.rename_topic(lake, "画面・遅い", "  ", author="佐藤")
    with pytest.raises(UserError, match="is the name of"):
        desk.rename_topic(lake, "画面・遅い", "商品・壊れる", author="佐藤")
    with pytest.raises(UserError, match="part of itself"):
        desk.merge_topics(lake, ["画面・遅い"], "画面・遅い", author="佐藤")
