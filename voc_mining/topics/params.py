"""Parameters of topic discovery, assignment and of the registry's growth."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryParams:
    """How topics are found.

    Parameters
    ----------
    n_components : int
        Dimensions kept of the centred vectors.
    near_duplicate : float
        Similarity from which texts count as one while clusters are sought.
    max_texts : int
        Texts a discovery looks at; of more, those with the smallest hashes, a sample that depends on nothing else.
    max_leaves : int
        Small clusters that the tree is built over; fewer texts are each their own leaf.
    min_contacts : int
        Contacts that must raise a topic.
    min_contacts_proactive : int
        The same in the proactive pool, whose topics are small by nature: raise the first alone as data grow.
    floor, ceiling : float
        Bounds of a topic's threshold, as cosine in the centred space.
    tail : float
        Share of a topic's own texts that may fall below its threshold.
    min_coherence, chance_coherence : float
        Least mean similarity of a topic's n texts to the rest of the topic: the first plus the second over √n,
        since small groups picked from anything are alike by chance.
    outlier : float
        Similarity to the rest of the topic below which a text is let go of before the topic is founded.
    min_coherence_pool : float
        Least mean similarity in a pool at any size: what no topic wanted falls into clusters, too, but loose ones.
    twin : float
        Similarity of centroids from which two topics are the same.
    preferred : float
        Share of a proactive topic's texts that must fit it better than any topic there is.
    generic_share : float
        Share of contacts above which a topic that comes only beside others is talk, not a topic.
    n_exemplars, n_keywords : int
        Exemplars and keywords kept.
    """

    n_components: int = 24
    near_duplicate: float = 0.90
    max_texts: int = 20_000
    max_leaves: int = 1_500
    min_contacts: int = 3
    min_contacts_proactive: int = 3
    floor: float = 0.28
    ceiling: float = 0.40
    tail: float = 0.05
    min_coherence: float = 0.15
    chance_coherence: float = 0.35
    outlier: float = 0.10
    min_coherence_pool: float = 0.40
    twin: float = 0.70
    preferred: float = 0.60
    generic_share: float = 0.30
    n_exemplars: int = 8
    n_keywords: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthParams:
    """When a discovery is due.

    Parameters
    ----------
    min_texts : int
        Texts that the first version needs, and texts without a topic, not yet tried, that a discovery needs.
    min_texts_proactive : int
        Texts a discovery in the proactive pool alone needs; as many untried ones make it due.
    growth : float
        Untried texts needed as a share of the tried ones still without a topic.
    """

    min_texts: int = 30
    min_texts_proactive: int = 15
    growth: float = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsParams:
    """Parameters of the topics stage.

    Parameters
    ----------
    model_id : str or None
        Model whose vectors found the first version; None takes the one with most vectors.
    second_margin : float
        How much weaker than the first a second topic may be.
    block : int
        Texts assigned at once; the result does not depend on it.
    """

    model_id: str | None = None
    second_margin: float = 0.05
    block: int = 65_536
    discovery: DiscoveryParams = field(default_factory=DiscoveryParams)
    growth: GrowthParams = field(default_factory=GrowthParams)

    def as_json(self) -> str:
        """Parameters of discovery as the registry keeps them."""
        return json.dumps(asdict(self.discovery), sort_keys=True)
