"""`python -m compiler.cli` is `specc`."""

from compiler.cli import main

main()
