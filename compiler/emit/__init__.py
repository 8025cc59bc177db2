"""Printing: the only user of templates. A view model goes in, formatted files come out."""

from compiler.emit.pages import render_page
from compiler.emit.render import EmitError, render_engine

__all__ = ["EmitError", "render_engine", "render_page"]
