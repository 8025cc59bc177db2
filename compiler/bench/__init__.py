"""Measures generated engines, for `specc bench`: how fast they step, how long they compile, how large a state is."""
