"""Verification, tried on a small game of cards whose rules and reference stand here."""
