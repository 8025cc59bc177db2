"""An independent reference for Pokémon TCG Pocket, written for being obviously right. See README.md."""

from .model import IllegalRequest
from .reference import PocketReference, factory

__all__ = ["IllegalRequest", "PocketReference", "factory"]
