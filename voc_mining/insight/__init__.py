"""Insight: contrast, Pareto, figures a day, proactive voice, silent customers, and the tables people read."""
