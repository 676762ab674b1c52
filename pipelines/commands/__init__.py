"""Bodies of the commands that run without Prefect."""
