from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import check_estimator

from tests.topics import cone
from voc_mining.topics.clusterer import NOISE, TopicClusterer
from voc_mining.topics.space import matrix


@pytest.fixture(scope="module")
def blobs():
    texts = cone.statements(cone.MATTERS, 25)
    return matrix(texts["vector"]).astype(np.float64), texts["matter"].to_numpy()


def test_the_number_of_clusters_is_found_in_a_narrow_cone(blobs):
    vectors, matters = blobs
    assert (vectors @ vectors.T).min() > 0.6  # a cone indeed
    clusterer = TopicClusterer().fit(vectors)
    assert clusterer.n_clusters_ == len(cone.MATTERS)
    assert adjusted_rand_score(matters, clusterer.labels_) == 1.0


def test_any_order_gives_the_same_clusters_bit_for_bit(blobs):
    vectors, _ = blobs
    weights = 1.0 + np.arange(len(vectors)) % 3
    fitted = TopicClusterer().fit(vectors, sample_weight=weights)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(vectors))
        again = TopicClusterer().fit(vectors[order], sample_weight=weights[order])
        assert np.array_equal(again.labels_, fitted.labels_[order])
        assert np.array_equal(again.cluster_centers_, fitted.cluster_centers_)
        assert again.silhouettes_ == fitted.silhouettes_


def test_over_clustering_first_finds_the_same_and_in_any_order(blobs):
    vectors, matters = blobs
    fitted = TopicClusterer(max_leaves=40).fit(vectors)
    assert adjusted_rand_score(matters, fitted.labels_) == 1.0
    order = np.random.default_rng(5).permutation(len(vectors))
    assert np.array_equal(TopicClusterer(max_leaves=40).fit(vectors[order]).labels_, fitted.labels_[order])


def test_bounds_hold(blobs):
    vectors, _ = blobs
    clusterer = TopicClusterer(min_clusters=3, max_clusters=5).fit(vectors)
    assert 3 <= clusterer.n_clusters_ <= 5
    assert all(k <= 5 for k, _ in clusterer.cuts())


def test_light_clusters_are_noise(blobs):
    vectors, matters = blobs
    lonely = np.vstack([vectors, matrix(cone.strays(1)["vector"])])
    clusterer = TopicClusterer(min_cluster_size=20).fit(lonely)
    sizes = np.bincount(clusterer.labels_[clusterer.labels_ != NOISE])
    assert sizes.min() >= 20
    assert len(matters) + 1 == len(clusterer.labels_)


@pytest.mark.parametrize("rows", [1, 2, 3, 5])
def test_a_handful_of_vectors_makes_few_clusters(rows):
    vectors = matrix(cone.strays(rows)["vector"])
    labels = TopicClusterer(min_cluster_size=1).fit_predict(vectors)
    assert len(labels) == rows
    assert labels.min() >= 0


def test_equal_vectors_are_one_cluster():
    labels = TopicClusterer().fit_predict(np.ones((12, 8)) / np.sqrt(8))
    assert set(labels) == {0}


def test_arguments_are_stored_untouched_and_clones_fit_alike(blobs):
    clusterer = TopicClusterer(n_components=10, random_state=3)
    assert clusterer.get_params()["n_components"] == 10
    assert np.array_equal(clone(clusterer).fit_predict(blobs[0]), clusterer.fit_predict(blobs[0]))


def test_a_weight_per_vector_is_asked_for(blobs):
    with pytest.raises(ValueError, match="sample_weight"):
        TopicClusterer().fit(blobs[0], sample_weight=[1.0])


def test_talk_that_has_nothing_in_common_is_noise(blobs):
    vectors, matters = blobs
    mixed = np.vstack([vectors, matrix(cone.strays(20)["vector"])])
    labels = TopicClusterer().fit_predict(mixed)
    assert adjusted_rand_score(matters, labels[: len(matters)]) == 1.0
    assert (labels[len(matters) :] == NOISE).mean() >= 0.7
    assert NOISE not in TopicClusterer(sparse=None).fit_predict(mixed)


def test_more_texts_than_the_tree_is_grown_on_go_to_the_most_alike(blobs):
    vectors, matters = blobs
    fitted = TopicClusterer(max_texts=120).fit(vectors)
    assert adjusted_rand_score(matters, fitted.labels_) == 1.0
    order = np.random.default_rng(6).permutation(len(vectors))
    assert np.array_equal(TopicClusterer(max_texts=120).fit(vectors[order]).labels_, fitted.labels_[order])


def test_groups_are_layers_of_one_tree(blobs):
    fitted = TopicClusterer().fit(blobs[0])
    assert fitted.groups(fitted.n_clusters_).tolist() == list(range(fitted.n_clusters_))
    assert set(fitted.groups(1)) == {0}
    finer, coarser = fitted.groups(5), fitted.groups(3)
    assert len(set(finer)) == 5
    assert len(set(coarser)) == 3
    assert all(len(set(coarser[finer == group])) == 1 for group in set(finer))


def test_single_precision_is_enough(blobs):
    vectors, matters = blobs
    assert adjusted_rand_score(matters, TopicClusterer().fit_predict(vectors.astype(np.float32))) == 1.0


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_it_is_an_estimator_by_the_checks_of_scikit_learn():
    check_estimator(TopicClusterer())
