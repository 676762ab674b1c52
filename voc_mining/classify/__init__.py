"""A small supervised model beside the rules: kind, tone and proactive class of statements."""
