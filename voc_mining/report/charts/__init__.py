"""Plotly figures of the views, as plain JSON values; pages draw them with one shared script."""
