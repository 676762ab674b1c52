from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import polars as pl
import pytest

from pipelines.naming_engine import ChatNamer
from pipelines.steps.naming import TopicNaming
from pipelines.steps.topics import topics_step
from tests.topics import cone
from voc_mining.errors import EngineTrouble
from voc_mining.store.delta import open_lake
from voc_mining.topics.model_names import questions, usable, with_model_names


class _Endpoint(BaseHTTPRequestHandler):
    asked: ClassVar[list[dict]] = []
    keys: ClassVar[list[str | None]] = []
    answer = '{"choices": [{"message": {"content": "「名前%d」"}}]}'
    status = 200

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append({"path": self.path, **body})
        self.keys.append(self.headers["Authorization"])
        answer = (self.answer % len(self.asked) if "%d" in self.answer else self.answer).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    handler = type("Handler", (_Endpoint,), {"asked": [], "keys": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    handler.url = f"http://127.0.0.1:{server.server_port}/v1/"
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def _lake(folder):
    lake = open_lake(str(folder))
    texts = cone.statements(list(cone.MATTERS)[:3], 12)
    lake.append_new("voc", cone.voc_rows(texts))
    lake.append_new("vectors", cone.vector_rows(texts))
    return lake


def _labels(lake):
    return sorted(lake.read("topics")["label"])


def test_a_model_names_topics_and_is_asked_once(endpoint, tmp_path):
    namer = ChatNamer(endpoint.url, "small", key="secret")
    lake = _lake(tmp_path / "a")
    _, account = topics_step(lake, naming=TopicNaming(namer=namer))
    n_topics = lake.read("topics").height
    assert _labels(lake) == sorted(f"名前{no}" for no in range(1, n_topics + 1))
    assert (account.stage, account.inputs, account.produced) == ("topic_names", n_topics, n_topics)
    first = endpoint.asked[0]
    assert (first["path"], first["model"], first["temperature"]) == ("/v1/chat/completions", "small", 0)
    assert set(endpoint.keys) == {"Bearer secret"}
    before = len(endpoint.asked)
    again = _lake(tmp_path / "b")
    again.append_new("topic_names", lake.read("topic_names"))
    _, cached = topics_step(again, naming=TopicNaming(namer=namer))
    assert len(endpoint.asked) == before
    assert (cached.produced, cached.unchanged) == (0, n_topics)
    assert again.read("topics").equals(lake.read("topics"))


def test_the_name_by_rule_stays_among_the_candidates(endpoint, tmp_path):
    lake, by_rule = _lake(tmp_path / "a"), _lake(tmp_path / "b")
    topics_step(lake, naming=TopicNaming(namer=ChatNamer(endpoint.url, "small")))
    topics_step(by_rule)
    listed = [json.loads(each) for each in lake.read("topics").sort("topic_id")["candidates"]]
    assert {each[0]["source"] for each in listed} == {"model"}
    assert [each[1]["name"] for each in listed] == by_rule.read("topics").sort("topic_id")["label"].to_list()


@pytest.mark.parametrize(
    ("status", "answer"),
    [(500, "{}"), (401, "{}"), (200, "no json"), (200, '{"choices": []}'), (200, '["x"]')],
)
def test_another_answer_than_the_interface_says_is_trouble(endpoint, status, answer):
    endpoint.status, endpoint.answer = status, answer
    with pytest.raises(EngineTrouble, match="no name from"):
        ChatNamer(endpoint.url, "small").answer("指示", "質問")


def test_without_an_answer_rules_name_and_nobody_is_asked_again(endpoint, tmp_path):
    endpoint.status = 500
    lake, by_rule = _lake(tmp_path / "a"), _lake(tmp_path / "b")
    _, account = topics_step(lake, naming=TopicNaming(namer=ChatNamer(endpoint.url, "small")))
    topics_step(by_rule)
    assert _labels(lake) == _labels(by_rule)
    assert account.dropped == {"no_answer": account.inputs}
    assert len(endpoint.asked) == 1
    assert lake.read("topic_names").is_empty()


def test_nobody_there_is_trouble():
    with pytest.raises(EngineTrouble, match="ConnectError"):
        ChatNamer("http://127.0.0.1:9/v1", "small", timeout_s=2).answer("", "")


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("「再設定メールが届かない」", "再設定メールが届かない"),
        (" アプリが落ちる。 ", "アプリが落ちる"),
        ("- 解約したい", "解約したい"),
        ("", None),
        ("［氏名］の件", None),
        ("あ", None),
        ("とても長い見出しでこれでは一覧に収まらないもの", None),
        ("一行目\n二行目", None),
    ],
)
def test_what_is_a_name(answer, name):
    assert usable(answer) == name


def test_no_name_is_taken_twice():
    topics = pl.DataFrame({"topic_id": ["a", "b", "c"], "label": ["甲", "乙", "丙"], "candidates": ["[]", "[]", "[]"]})
    named = with_model_names(topics, {"a": "新しい名前", "b": "新しい名前", "c": "使用中"}, {"使用中"})
    assert named["label"].to_list() == ["新しい名前", "乙", "丙"]
    talk = with_model_names(topics, {"a": "次のような名前があります。\n新しい名前"})
    assert talk.equals(topics)


def test_only_exemplars_are_told():
    topics = pl.DataFrame(
        {"topic_id": ["a"], "label": ["甲・乙"], "keywords": [["甲", "乙"]], "exemplars": [["x", "gone"]]}
    )
    texts = pl.DataFrame({"text_hash": ["x", "y"], "text": ["甲が乙です", "ほかの発言"]})
    (question,) = questions(topics, texts, "small")["question"]
    assert "甲が乙です" in question
    assert "ほかの発言" not in question
    other = questions(topics, texts, "large")["name_key"]
    assert other.item() != questions(topics, texts, "small")["name_key"].item()
