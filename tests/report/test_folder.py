"""A report is written whole or not at all."""

from __future__ import annotations

import pytest

from voc_mining.report.folder import write_report


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_pages_of_an_earlier_report_vanish(tmp_path):
    folder = tmp_path / "out" / "report"
    write_report([("index.html", "一"), ("topics/T1.html", "古い")], folder)
    write_report([("index.html", "二")], folder)
    assert names(folder.parent) == ["report/index.html"]
    assert (folder / "index.html").read_text("utf-8") == "二"


def test_a_failure_leaves_the_old_report_as_it_was(tmp_path):
    folder = tmp_path / "report"
    write_report([("index.html", "一")], folder)

    def failing():
        yield "index.html", "二"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_report(failing(), folder)
    assert names(tmp_path) == ["report/index.html"]
    assert (folder / "index.html").read_text("utf-8") == "一"


def test_others_may_read_the_report(tmp_path):
    folder = tmp_path / "report"
    write_report([("topics/T1.html", "一")], folder)
    assert [oct(path.stat().st_mode)[-3:] for path in (folder, folder / "topics", folder / "topics" / "T1.html")] == [
        "755",
        "755",
        "644",
    ]
