"""Checking an engine against the rules' definition and against independent references: the work of `specc verify`."""
