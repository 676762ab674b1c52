"""Frozen views: what a screen shows, drawn from the insight frames and free of markup.

Every view takes frames by the name of their CSV (and the frames of the report alone, ``customer_silence`` and
``statement_words``) and returns frozen plain values; a missing or empty frame gives an empty view.
"""
