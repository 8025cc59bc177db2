"""Tests of the scraper, against a site on loopback."""
