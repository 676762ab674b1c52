"""Voice-of-Customer text mining for Japanese contact centres and customer-success teams."""

__version__ = "0.1.0"
