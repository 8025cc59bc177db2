"""What runs rules: the interpreter, and generators of engines."""
