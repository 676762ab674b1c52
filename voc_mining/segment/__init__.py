"""Segment: where each contact came from, and which customers are silent."""
