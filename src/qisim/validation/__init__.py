"""Patterns that a credible model must show."""
