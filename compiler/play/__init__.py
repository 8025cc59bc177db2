"""Games for people: in the terminal, and as replays and pictures. Any program, with people and simple agents."""

from compiler.play.picture import load_look
from compiler.play.record import Recorder
from compiler.play.replay import write_html, write_svg
from compiler.play.session import AGENTS, Played, PlayOptions, play

__all__ = ["AGENTS", "PlayOptions", "Played", "Recorder", "load_look", "play", "write_html", "write_svg"]
