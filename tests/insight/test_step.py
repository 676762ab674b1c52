from __future__ import annotations

from datetime import date

from pipelines.steps.insight import InsightParams, insight_step
from voc_mining.export.files import conform, csv_files
from voc_mining.store.delta import open_lake


def test_an_empty_lake_gives_every_table_empty_and_within_its_contract(tmp_path):
    frames = insight_step(open_lake(str(tmp_path / "lake")), InsightParams(as_of=date(2026, 9, 30)))
    assert set(frames) == {
        "voc", "contacts", "topics", "contrast", "proactive_voc", "silent_customers", "pareto", "kpi_daily",
    }  # fmt: skip
    for name, frame in frames.items():
        contract = csv_files().files[name]
        assert frame.columns == [column.name for column in contract.columns], name
        assert conform(frame, contract).is_empty()
