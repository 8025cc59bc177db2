"""specc: a compiler from game rules to fast, verified environments."""

__version__ = "0.1.0"
