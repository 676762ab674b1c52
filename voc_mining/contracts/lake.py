"""Tables of the lake: everything here is masked or pseudonymous."""

from __future__ import annotations

from voc_mining.contracts.decided import DECIDED
from voc_mining.contracts.delivered import DELIVERED
from voc_mining.contracts.listed import LISTED
from voc_mining.contracts.mined import MINED
from voc_mining.contracts.relations import RELATIONS

LAKE_TABLES = {table.name: table for table in (*DELIVERED, *RELATIONS, *MINED, *DECIDED, *LISTED)}
"""Every table of the lake by name."""
