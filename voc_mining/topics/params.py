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
    n_neighbors : int
        Neighbours that make the graph in which clusters are sought.
    near_duplicate : float
        Similarity from which texts count as one while clusters are sought.
    sparse : float
        Median absolute deviations below the median density from which a cluster is talk that has nothing in common;
        not asked where texts outside the field were left out before.
    max_texts : int
        Texts a discovery looks at; of more, those with the smallest hashes, a sample that depends on nothing else.
    max_leaves : int
        Small clusters that the tree is built over; fewer texts are each their own leaf.
    out_of_field, lonely : float
        Median absolute deviations below the median from which a text is far from the field, and from which it is
        without neighbours; what is both founds no topic. Only where general talk is known (see ``topics.field``).
    min_contacts : int
        Contacts that must raise a topic.
    min_contacts_proactive : int
        The same in the proactive pool, whose topics are small by nature: raise the first alone as data grow.
    tail : float
        Share of the statements that found topics which may fall below the threshold, held against the rest of theirs.
    tail_in_field : float
        The same where texts outside the field were left out before.
    far : float
        Median absolute deviations below the median of these similarities that the threshold is at least.
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
    n_neighbors: int = 10
    near_duplicate: float = 0.90
    sparse: float = 1.9
    max_texts: int = 20_000
    max_leaves: int = 2_000
    out_of_field: float = 2.5
    lonely: float = 1.0
    min_contacts: int = 3
    min_contacts_proactive: int = 3
    tail: float = 0.10
    tail_in_field: float = 0.06
    far: float = 3.2
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
class NamingParams:
    """How the clauses of a topic's statements are weighed as its name.

    Parameters
    ----------
    members : int
        Texts of a topic that are looked at; of more, those with the smallest hashes.
    texts : int
        Texts of these whose clauses are considered, the most typical ones.
    considered : int
        Candidates of a topic that get a vector; of several topics that want the same name, the later takes its next.
    kept : int
        Candidates kept with a topic.
    other_topic : float
        Share of a name's similarity to the nearest other topic that is taken from that to its own.
    form_clause, form_built, form_noun, form_alone : float
        Weight of a clause with noun and predicate, of a predicate that is built on a noun, of nouns joined by の, of
        another word alone.
    form_question : float
        Weight of a question in place of a statement.
    form_short : float
        Weight of a name under ``least_length`` characters.
    least_length, easy_length : int
        Characters that a name needs, and up to which it is read at a glance; beyond, its weight falls to 0 at twice.
    per_character : float
        What a name loses with each character, so that of equals the shorter wins.
    """

    members: int = 2_000
    texts: int = 60
    considered: int = 60
    kept: int = 8
    other_topic: float = 0.3
    form_clause: float = 1.0
    form_built: float = 0.8
    form_noun: float = 0.5
    form_alone: float = 0.15
    form_question: float = 0.85
    form_short: float = 0.8
    least_length: int = 4
    easy_length: int = 14
    per_character: float = 0.015


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
    second_margin: float = 0.02
    block: int = 65_536
    discovery: DiscoveryParams = field(default_factory=DiscoveryParams)
    naming: NamingParams = field(default_factory=NamingParams)
    growth: GrowthParams = field(default_factory=GrowthParams)

    def as_json(self) -> str:
        """Parameters of discovery as the registry keeps them."""
        return json.dumps(asdict(self.discovery), sort_keys=True)
