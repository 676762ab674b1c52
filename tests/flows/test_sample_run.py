"""The whole job on the sample inbox: everything its truth says comes out."""

from __future__ import annotations

import json
from urllib.parse import unquote

import frictionless
import polars as pl
import pytest

from voc_mining.sample.scoring import compare

pytestmark = [pytest.mark.flow, pytest.mark.models, pytest.mark.timeout(1500)]


def test_a_good_run_is_quiet(sample_run):
    _, _, done = sample_run
    assert "Traceback" not in done.stderr
    assert "ERROR" not in done.stderr
    assert json.loads(done.stdout)["notes"]["rejects"]


def test_every_figure_of_the_truth_comes_out(sample_run):
    place, truth, _ = sample_run
    found = compare(truth, place.out)
    assert found.differences == ()
    assert found.leaks == ()
    # Floors, well under what is seen (docs/quality.md): a broken stage shows, a tuned rule does not.
    floors = {
        "written_recall": 0.98,
        "precision": 0.85,
        "kind_accuracy": 0.85,
        "topic_ari": 0.4,
        "hidden_needs_found": 0.8,
    }
    assert {name: found.scores[name] for name, least in floors.items() if found.scores[name] < least} == {}


def test_exactly_the_planted_rejects(sample_run):
    place, truth, _ = sample_run
    rejects = pl.read_csv(place.out / "rejects.csv", infer_schema=False)
    assert set(rejects.select("file", "reason").iter_rows()) == {(r.file, r.reason) for r in truth.rejects}


def test_accounts_add_up(sample_run):
    _, _, done = sample_run
    for account in json.loads(done.stdout)["accounts"]:
        known = account["produced"] + account["unchanged"] + sum(account["dropped"].values()) + account["rejected"]
        assert account["inputs"] == known, account


def test_the_data_package_is_valid(sample_run):
    place, _, _ = sample_run
    report = frictionless.Package(str(place.out / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]


def test_every_link_leads_to_a_recording(sample_run):
    place, _, _ = sample_run
    voc = pl.read_csv(place.out / "voc.csv", infer_schema=False)
    links = voc["audio_link"].drop_nulls().to_list()
    assert links
    assert all((place.out / unquote(link.split("#t=")[0])).is_file() for link in links)


def test_a_second_run_changes_nothing(sample_run, environment):
    place, _, _ = sample_run
    before = place.versions()
    again = place.run(environment=environment)
    after = place.versions()
    assert again.returncode == 3, again.stderr
    assert {name for name in after if after[name] != before.get(name)} == {"runs"}
