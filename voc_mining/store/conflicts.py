"""Writers at once: who was slower reads and decides again."""

from __future__ import annotations

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from voc_mining.errors import EngineTrouble

_PATIENCE_S = 300


class Overtaken(EngineTrouble):
    """A table was written since the state that a decision rests on; the decision has to be made again."""


class Conflict(EngineTrouble):
    """Another writer committed to the table since its snapshot was read."""


again_after_conflict = retry(
    retry=retry_if_exception_type(Conflict),
    wait=wait_random_exponential(multiplier=0.05, max=5),
    stop=stop_after_delay(_PATIENCE_S),
    reraise=True,
)
"""Read a table and decide on it again, where the commit came too late."""

again_if_overtaken = retry(
    retry=retry_if_exception_type(Overtaken),
    wait=wait_random_exponential(multiplier=0.05, max=5),
    stop=stop_after_delay(_PATIENCE_S),
    reraise=True,
)
"""Make a decision that spans several tables again, from reading on, where its last commit came too late."""
