"""Stage 1: read an inbox into contacts, recordings, call log and customers; bad rows become rejects."""
