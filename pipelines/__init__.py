"""Prefect flows around the library: settings, engines, steps and the flows that wire them."""
