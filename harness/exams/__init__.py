"""Timed mock exams: drawn, put on clusters, sat against a clock, judged at the end."""
