"""specc: a compiler from game rules to fast, verified environments."""
