from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import frictionless
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.export.samples import one_row
from voc_mining.errors import ContractBroken, UserError
from voc_mining.export.cells import as_text
from voc_mining.export.files import CsvColumn, CsvFile, csv_files, empty_frame
from voc_mining.export.writer import _write_csv, write_export

FILES = csv_files().files
TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), st.sampled_from("=+-@'\t\r\n,\"＝；;")
    ),
    max_size=12,
)
TOY = CsvFile(
    "toy.csv",
    "t",
    "d",
    "n",
    (
        CsvColumn("text", "string", "t", "d"),
        CsvColumn("n", "integer", "t", "d"),
        CsvColumn("x", "number", "t", "d"),
        CsvColumn("yes", "boolean", "t", "d"),
        CsvColumn("day", "date", "t", "d"),
        CsvColumn("at", "datetime", "t", "d"),
        CsvColumn("many", "list", "t", "d"),
    ),
)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def armed(cell: str) -> str:
    """Take the apostrophe off a defused cell."""
    return (
        cell[1:]
        if cell.startswith("'") and cell.lstrip("'")[:1] in tuple("=+-@＝＋－＠\t\r\n") and cell.lstrip("'")
        else cell
    )


@pytest.fixture(scope="module")
def target(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("toy") / "toy.csv"


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "text": st.none() | TEXT.filter(bool),
                "n": st.none() | st.integers(-(2**63), 2**63 - 1),
                "x": st.none() | st.floats(allow_nan=False, allow_infinity=False),
                "yes": st.none() | st.booleans(),
                "day": st.none() | st.dates(date(1970, 1, 1), date(2100, 1, 1)),
                "at": st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
                "many": st.none() | st.lists(TEXT.filter(bool), min_size=1, max_size=3),
            }
        ),
        max_size=5,
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_csv_reader_finds_every_value_again(target, rows):
    _write_csv(pl.DataFrame(rows, schema=TOY.schema), TOY, target)
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbftext,n,x,yes,day,at,many\r\n")
    assert content.endswith(b"\r\n")
    found = read(target)
    assert len(found) == len(rows)
    for given_row, cells in zip(rows, found, strict=True):
        assert armed(cells["text"]) == (given_row["text"] or "")
        assert cells["n"] == ("" if given_row["n"] is None else str(given_row["n"]))
        assert cells["yes"] == {None: "", True: "true", False: "false"}[given_row["yes"]]
        assert cells["day"] == (given_row["day"].isoformat() if given_row["day"] else "")
        assert (datetime.fromisoformat(cells["at"]) if cells["at"] else None) == given_row["at"]
        assert not cells["at"] or cells["at"].endswith("+09:00")
        many = given_row["many"]
        assert armed(cells["many"]) == ("" if many is None else ";".join(part.replace(";", "；") for part in many))
        if given_row["x"] is None:
            assert cells["x"] == ""
        else:
            assert float(cells["x"]) == pytest.approx(given_row["x"], rel=1e-9)
        assert not cells["text"].startswith(tuple("=+-@\t\r\n"))
        assert not cells["many"].startswith(tuple("=+-@\t\r\n"))


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        (5.0, "5"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (1 / 3, "0.3333333333"), (-2.5, "-2.5"), (1e-12, "1e-12"),
        (12345678901234.0, "12345678901234"), (1234567.891, "1234567.891"),
    ],
)  # fmt: skip
def test_numbers_are_written_alike_everywhere_and_stay_numbers(number, cell):
    column = TOY.columns[2]
    assert pl.DataFrame({"x": [number]}).select(as_text(column))["x"][0] == cell


def test_times_are_japanese(target):
    at = datetime(2026, 10, 30, 15, 30, tzinfo=UTC)
    cells = (
        pl.DataFrame({"at": [at, at + timedelta(milliseconds=120)]})
        .cast({"at": TOY.schema["at"]})
        .select(as_text(TOY.columns[5]))
    )
    assert cells["at"].to_list() == ["2026-10-31T00:30:00+09:00", "2026-10-31T00:30:00.120+09:00"]


@pytest.fixture
def frames() -> dict[str, pl.DataFrame]:
    said = '「=cmd|"/c calc"!A1」と言われた,\n改行も'
    return {
        **{name: one_row(file) for name, file in FILES.items() if name not in {"keyness", "loss_model"}},
        "voc": one_row(FILES["voc"], text=said, source_id="-1", customer_id="=HYPERLINK(0)"),
    }


def test_the_package_is_valid_and_says_what_is_empty(frames, tmp_path):
    written = write_export(frames, tmp_path / "out", {"keyness": "まだ計算していません。"}, as_of=date(2026, 10, 31))
    assert [path.name for path in written] == [*(file.name for file in FILES.values()), "datapackage.json"]
    report = frictionless.validate(str(written[-1]))
    assert report.valid, report.flatten(["name", "type", "message"])
    package = json.loads(written[-1].read_text(encoding="utf-8"))
    assert (package["schema_version"], package["as_of"]) == ("1.4.0", "2026-10-31")
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert resources["keyness"]["empty_reason"] == "まだ計算していません。"
    assert resources["loss_model"]["empty_reason"] == "この版ではまだ集計していません。"
    assert "empty_reason" not in resources["voc"]
    assert read(written[0])[0]["customer_id"] == "'=HYPERLINK(0)"


AS_A_SPREADSHEET_SEES_IT = pl.DataFrame(
    {
        "given": ["=1+1", "＝1+1", "+81-90", "-5", "@x", "\t=1+1", "\n=1+1", "'=1+1", "00123", "090-1234", "一行目\n二行目", "㈱①𠮷😀"],
        "cell": ["'=1+1", "'＝1+1", "'+81-90", "'-5", "'@x", "'\t=1+1", "'\n=1+1", "''=1+1", "00123", "090-1234", "一行目\n二行目", "㈱①𠮷😀"],
    }
)  # fmt: skip


def test_what_a_spreadsheet_opens(tmp_path):
    """Marked as UTF-8, lines that end alike, nothing to run, ids and line breaks as they were, days as days."""
    given = AS_A_SPREADSHEET_SEES_IT["given"]
    file = FILES["voc"]
    frame = pl.concat([one_row(file, voc_id=f"v{n}", text=text, customer_id=text) for n, text in enumerate(given)])
    content = write_export({"voc": frame}, tmp_path)[0].read_bytes()
    assert content.startswith(b"\xef\xbb\xbfvoc_id,")
    unquoted = b"".join(content.split(b'"')[::2])
    assert unquoted.count(b"\n") == unquoted.count(b"\r\n") == len(given) + 1
    cells = read(tmp_path / "voc.csv")
    expected = AS_A_SPREADSHEET_SEES_IT["cell"].to_list()
    assert [cell["text"] for cell in cells] == [cell["customer_id"] for cell in cells] == expected
    assert {cell["occurred_at"] for cell in cells} == {"2026-10-31T00:30:00+09:00"}
    assert {cell["quoted"] for cell in cells} == {"true"}


def test_a_typed_reader_gets_the_values(frames, tmp_path):
    write_export(frames, tmp_path)
    rows = {
        name: frictionless.Package(str(tmp_path / "datapackage.json")).get_resource(name).read_rows()
        for name in ("voc", "pareto", "keyness")
    }
    assert rows["voc"][0]["occurred_at"] == datetime(2026, 10, 31, 0, 30, tzinfo=timezone(timedelta(hours=9)))
    assert rows["pareto"][0]["in_vital_few"] is True
    assert float(rows["pareto"][0]["share"]) == 0.25
    assert rows["keyness"] == []


def test_an_empty_frame_is_told_with_what_the_file_needs(tmp_path):
    file = FILES["kpi_daily"]
    written = write_export({"kpi_daily": empty_frame(file)}, tmp_path)
    resources = {each["name"]: each for each in json.loads(written[-1].read_text(encoding="utf-8"))["resources"]}
    assert file.needs in resources["kpi_daily"]["empty_reason"]


def test_files_without_input_have_their_header(tmp_path):
    written = write_export({}, tmp_path)
    assert frictionless.validate(str(written[-1])).valid
    for path, file in zip(written, (file for file in FILES.values() if not file.mined), strict=False):
        header = ",".join(column.name for column in file.columns)
        assert path.read_bytes().decode("utf-8-sig") == header + "\r\n"


def test_the_same_frames_give_the_same_bytes(frames, tmp_path):
    first = write_export(frames, tmp_path / "a")
    second = write_export(frames, tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_broken_frame_leaves_the_old_files_as_they_were(frames, tmp_path):
    written = write_export(frames, tmp_path)
    before = {path: path.read_bytes() for path in written}
    with pytest.raises(ContractBroken):
        write_export(frames | {"rejects": one_row(FILES["rejects"]).drop("row")}, tmp_path)
    assert {path: path.read_bytes() for path in sorted(tmp_path.iterdir())} == dict(sorted(before.items()))


def test_a_failure_while_writing_leaves_the_old_files_as_they_were(frames, tmp_path, monkeypatch):
    written = write_export(frames, tmp_path)
    before = {path: path.read_bytes() for path in written}

    def full_disk(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("voc_mining.export.writer._data_package", full_disk)
    with pytest.raises(UserError, match="No space left"):
        write_export({}, tmp_path)
    assert {path: path.read_bytes() for path in sorted(tmp_path.iterdir())} == dict(sorted(before.items()))


def test_an_unknown_frame_is_refused(tmp_path):
    with pytest.raises(ContractBroken, match="vox"):
        write_export({"vox": pl.DataFrame()}, tmp_path)


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write_export({}, tmp_path / "out")
