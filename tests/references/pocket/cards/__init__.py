"""What the cards do beyond their printed numbers: importing this package fills the registry."""

from . import abilities, attack_damage, attack_energy, attack_lasting, attack_places, items, supporters, tools_stadiums

__all__ = [
    "abilities",
    "attack_damage",
    "attack_energy",
    "attack_lasting",
    "attack_places",
    "items",
    "supporters",
    "tools_stadiums",
]
