"""Scenarios side by side, on common random numbers."""
