"""Prints ``docs/builtins.md``."""

from compiler.ops import builtins_markdown

print(builtins_markdown(), end="")
