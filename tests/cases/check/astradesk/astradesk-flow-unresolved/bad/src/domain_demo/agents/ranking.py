"""Ranks orders."""
