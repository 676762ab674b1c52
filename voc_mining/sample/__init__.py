"""The sample inbox: synthetic calls, inquiries, check-ins and surveys, and the truth about them."""
