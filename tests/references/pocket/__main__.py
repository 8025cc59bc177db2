"""Speaks the protocol on stdin and stdout."""

import sys

from .reference import serve

serve(sys.stdin, sys.stdout)
