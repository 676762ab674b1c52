"""The sample inbox: an invented company's contacts, and the truth about them."""

from voc_mining.sample.calendar import DEMO_DATE
from voc_mining.sample.make import make_sample
from voc_mining.sample.truth import Truth, read_truth

__all__ = ["DEMO_DATE", "Truth", "make_sample", "read_truth"]
