"""Proving a lab: that its start, its solutions, its mistakes and its checks are what they say, on a live cluster."""
