"""Runs of characters as features: TF-IDF with a sublinear term frequency, rows of unit length."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

from voc_mining.classify.model import ClassifierModel


def gram_vectorizer(vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    """Make what weighs runs of one to four characters, of a vocabulary or to be fitted."""
    return TfidfVectorizer(
        analyzer="char",
        ngram_range=(1, 4),
        min_df=2 if vocabulary is None else 1,
        sublinear_tf=True,
        vocabulary=vocabulary,
    )


def gram_features(texts: Sequence[str], model: ClassifierModel) -> csr_array:
    """Weigh the runs of characters of texts that the model knows, shape (texts, grams)."""
    vectorizer = gram_vectorizer(vocabulary=list(model.grams))
    vectorizer.idf_ = model.idf
    weighed: csr_array = vectorizer.transform(texts)
    return weighed
