"""The static HTML report: frozen views of the insight tables, rendered with templates."""
