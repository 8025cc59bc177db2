"""Games in the terminal, for `specc play`: any program, with people and simple agents, on the interpreter."""

from compiler.play.session import AGENTS, Played, PlayOptions, play

__all__ = ["AGENTS", "PlayOptions", "Played", "play"]
