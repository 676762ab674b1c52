"""What is known of customers beside their contacts: each kind in its table, joined by the same pseudonyms."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.ingest.conftest import World
from voc_mining.contracts import LAKE_TABLES
from voc_mining.ingest.kinds import RELATION_KINDS
from voc_mining.ingest.params import IngestParams

FILES = {
    "identities.csv": "customer_id,kind,value,shared\nA,電話,+81 90-1234-5678,\nA,mail,Ａ@example.jp,\nB,user,tanaka,○\n",
    "contracts.csv": "contract_id,account_id,start,renewal_due,outcome,mrr,reason\n"
    "K1,AC1,2025/4/1,2026/3/31,renewed,10000,\nK2,AC1,2026/4/1,2027/3/31,,10000,田中様の退職\n",
    "usage.csv": "customer_id,week,metric,value,単位\nA,2026-W14,login,3,回\nA,2026/4/8,login,4,回\n",
    "outreach.csv": "customer_id,campaign,asked_at,arm,reached_at,answered_at,result\nA,春,2026-04-01,treat,2026-04-02,,留守\n",
    "selfservice.csv": "at,customer_id,kind,item,solved\n2026-04-01 10:00,,search,090-1234-5678 解約,いいえ\n",
}


def deliver(world: World) -> None:
    for name, text in FILES.items():
        world.put(name, text)


def test_each_kind_has_its_table(world: World):
    deliver(world)
    accounts = world.ingest()
    assert {kind: accounts[kind].produced for kind in RELATION_KINDS} == {
        "identities": 3, "contracts": 2, "usage": 2, "outreach": 1, "selfservice": 1,
    }  # fmt: skip
    assert world.vault.read("extra_records").is_empty()
    assert world.lake.read("usage").sort("week")["week"].to_list() == [date(2026, 3, 30), date(2026, 4, 6)]
    assert "単位" in world.lake.read("usage")["attributes"][0]
    assert world.lake.read("contracts")["outcome"].to_list().count(None) == 1
    search = world.lake.read("selfservice").row(0, named=True)
    assert (search["customer_key"], search["solved"]) == ("", False)


def test_numbers_and_addresses_join_with_other_files_and_are_stored_nowhere(world: World):
    deliver(world)
    world.put(
        "customers.csv",
        "customer_id,as_of,contract_start,phone,email\nA,2026-04-01,2025-01-01,090 1234 5678,a@EXAMPLE.jp\n",
    )
    world.ingest(mask=lambda words: words.replace("090-1234-5678", "［電話番号］").replace("田中", "［名前］"))
    customer = world.lake.read("customers").row(0, named=True)
    keys = dict(
        world.lake.read("identities").filter(pl.col("customer_key") == "A").select("kind", "value_key").iter_rows()
    )
    assert keys == {"phone": customer["phone_key"], "mail": customer["mail_key"]}
    stored = "".join(str(world.lake.read(kind).to_dicts()) for kind in RELATION_KINDS)
    assert not any(raw in stored for raw in ("1234", "tanaka", "example", "田中"))


def test_a_second_ingest_writes_nothing_and_a_changed_file_only_what_changed(world: World):
    deliver(world)
    world.ingest()
    before = world.versions()
    world.ingest(IngestParams(full=True))
    assert world.versions() == before
    world.put("usage.csv", "customer_id,week,metric,value,単位\nA,2026-W14,login,3,回\nA,2026/4/8,login,5,回\n")
    accounts = world.ingest()
    assert (accounts["usage"].produced, accounts["usage"].unchanged) == (1, 1)
    assert world.lake.read("usage").sort("week")["value"].to_list() == [3.0, 5.0]


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("identities.csv", "A,phone,12,", "bad_value"),
        ("identities.csv", "A,phone,非通知,", "bad_value"),
        ("identities.csv", "A,fax,03-1234-5678,", "bad_value"),
        ("usage.csv", "A,2026-W60,login,3,回", "bad_time"),
        ("usage.csv", "A,第14週,login,3,回", "bad_time"),
        ("contracts.csv", "K3,,2026-04-01,2027-03-31,,,", "missing_value"),
        ("outreach.csv", "A,春,2026-04-03,どちらも,,,", "bad_value"),
    ],
)
def test_a_bad_row_costs_itself_alone(world: World, name: str, row: str, reason: str):
    deliver(world)
    world.put(name, FILES[name] + row + "\n")
    accounts = world.ingest()
    kind = name.removesuffix(".csv")
    assert (accounts[kind].rejected, accounts[kind].produced) == (1, world.lake.read(kind).height)
    assert world.lake.read("rejects")["reason"].to_list() == [reason]


def test_what_a_file_no_longer_tells_when_read_in_another_way_goes(world: World):
    deliver(world)
    world.ingest()
    world.put("sources.toml", '[usage]\ncolumns = { value = "単位" }\n')
    accounts = world.ingest()
    assert (accounts["usage"].rejected, world.lake.read("usage").height) == (2, 0)


def test_the_tables_keep_their_keys():
    assert all(LAKE_TABLES[kind].key for kind in RELATION_KINDS)
