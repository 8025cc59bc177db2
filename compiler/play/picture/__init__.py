"""Pictures of games: a state becomes a scene, as the game's view file says, and a scene SVG."""

from compiler.play.picture.look import Look, Paths, load_look
from compiler.play.picture.scene import Painter, Scene
from compiler.play.picture.svg import Layout, document, fragments

__all__ = ["Layout", "Look", "Painter", "Paths", "Scene", "document", "fragments", "load_look"]
