from __future__ import annotations

import numpy as np
import pytest

from tests.topics import cone
from voc_mining.topics.neighbours import density, diffused, nearest
from voc_mining.topics.space import centred, matrix


@pytest.fixture(scope="module")
def points():
    vectors = matrix(cone.statements(cone.MATTERS, 25)["vector"])
    return centred(vectors, vectors.mean(axis=0))


def test_neighbours_are_the_most_similar_others(points):
    rows, cosines = nearest(points, 4)
    similar = points @ points.T
    np.fill_diagonal(similar, -2.0)
    assert np.allclose(cosines, np.sort(similar, axis=1)[:, :-5:-1])
    assert (rows != np.arange(len(points))[:, None]).all()


def test_of_equals_the_earlier_comes_first():
    rows, _ = nearest(np.ones((5, 4)) / 2.0, 4)
    assert rows[0].tolist() == [1, 2, 3, 4]
    assert rows[4].tolist() == [0, 1, 2, 3]


def test_what_stands_alone_is_sparse(points):
    alone = matrix(cone.strays(1)["vector"]).astype(np.float64)
    dense = density(np.vstack([points, alone / np.linalg.norm(alone)]), 5)
    assert dense[-1] < dense[:-1].min()


@pytest.mark.parametrize("each", [25, 100])
def test_matters_lie_closer_together_than_their_vectors(each):
    texts = cone.statements(cone.MATTERS, each)
    vectors = matrix(texts["vector"])
    points = centred(vectors, vectors.mean(axis=0))
    placed = diffused(points, 10, 32, steps=2)
    same = texts["matter"].to_numpy()[:, None] == texts["matter"].to_numpy()[None, :]
    assert (placed @ placed.T)[same].mean() > (points @ points.T)[same].mean() + 0.1
    assert (placed @ placed.T)[~same].max() < 0.5


def test_a_graph_in_pieces_keeps_them_apart():
    pieces = np.repeat(np.eye(3), 6, axis=0)
    placed = diffused(pieces, 3, 8, steps=2)
    assert np.allclose((placed @ placed.T)[:6, :6], 1.0, atol=1e-6)
    assert ((placed @ placed.T)[:6, 6:] < 0.1).all()
