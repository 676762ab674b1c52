"""Frozen contracts of every stored table: columns, types, key and meaning."""

from voc_mining.contracts.lake import LAKE_TABLES
from voc_mining.contracts.table import Column, Table
from voc_mining.contracts.vault import VAULT_TABLES

__all__ = ["LAKE_TABLES", "VAULT_TABLES", "Column", "Table"]
