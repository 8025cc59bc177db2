"""English words: names, nouns, lists, possession, and the grammar that templates cannot know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from compiler.ir import hir
from compiler.ir.types import NONE, BoolT, EntityT, EnumT, IntT, PlayerT, RowT, SetT, TextT, Type, strip_optional


@dataclass(frozen=True, slots=True)
class Noun:
    """What the elements of a set are called."""

    one: str
    many: str

    @property
    def a(self) -> str:
        """One of them, with its article."""
        return with_article(self.one)


def words(name: str) -> str:
    """A name of the rules as words."""
    return name.replace("_", " ")


def value_name(program: hir.Program, type_: Type, value: int) -> str:
    """A run-time value as a person names it."""
    base = strip_optional(type_)
    if value == NONE and not isinstance(base, IntT):
        return "none"
    match base:
        case BoolT():
            return "yes" if value else "no"
        case EnumT(name):
            return words(program.enums[name].values[value])
        case TextT():
            return f"“{program.texts[value]}”"
        case RowT(table):
            rows = program.tables[table]
            return rows.titles[value] or words(rows.keys[value])
        case PlayerT():
            return f"player {value}"
        case EntityT(name):
            entity = program.entities[name]
            if not entity.per_player:
                return f"{words(name)} {value}"
            owner, index = divmod(value, entity.count)
            return f"{words(name)} {index} of player {owner}"
        case SetT(element):
            return either(member_names(program, element, value)) or "nothing"
        case _:
            return str(value)


def member_names(program: hir.Program, element: Type, mask: int) -> list[str]:
    """The elements of a set by name."""
    return [value_name(program, element, i) for i in range(program.domain(element)) if mask >> i & 1]


def noun_of(type_: Type) -> str:
    """What a value of a type, or an element of a set type, is called."""
    base = strip_optional(type_)
    match base.element if isinstance(base, SetT) else base:
        case EntityT(name) | EnumT(name) | RowT(name):
            return words(name).lower()
        case PlayerT():
            return "player"
        case BoolT():
            return "answer"
        case TextT():
            return "text"
        case _:
            return "number"


def plural(word: str) -> str:
    """The plural of a noun."""
    if word.endswith("ies"):  # species, series
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def with_article(text: str) -> str:
    """A noun phrase with "a" or "an"; a name needs none."""
    if text[:1].isupper() or text.startswith("one of "):
        return text
    return f"an {text}" if text[:1] in "aeiou" else f"a {text}"


def of(whose: str, thing: str) -> str:
    """Possession: "your hand", "its owner", "the owner of the first card in your hand"."""
    if whose.startswith("the ") or " " in whose.removeprefix("that ").removeprefix("your ") or whose.endswith(")"):
        return f"the {thing} of {whose}"
    return f"{whose}' {thing}" if len(whose) > 1 and whose.endswith("s") else f"{whose}'s {thing}"


def relative(said: str, *, many: bool) -> str:
    """A condition about "it" as a relative clause of a noun."""
    for start, one, more in (
        ("its ", "whose ", "whose "),
        ("it is ", "that is ", "that are "),
        ("it does not ", "that does not ", "that do not "),
        ("it has not ", "that has not ", "that have not "),
        ("it has no ", "with no ", "with no "),
        ("it has a", "with a", "with a"),
        ("it may ", "that may ", "that may "),
        ("it can", "that can", "that can"),
    ):
        rest = said.removeprefix(start)
        if rest != said and not re.search(r"\b(it|its|or)\b", rest):
            return (more if many else one) + rest
    return f"where {said}"


def listing(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    return _joined(items, "and")


def either(items: Sequence[str]) -> str:
    """ "a, b or c"."""
    return _joined(items, "or")


def times(n: int) -> str:
    """ "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def ordinal(index: int) -> str:
    """What is at an index, counted from 0."""
    names = ("first", "second", "third", "fourth", "fifth", "sixth")
    return names[index] if 0 <= index < len(names) else f"number {index + 1}"


def capital(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def you_do(verb: str) -> str:
    """What follows "you", from what follows "she": "draws" becomes "draw", "is" becomes "are"."""
    if verb in _YOU:
        return _YOU[verb]
    if verb.endswith(("ches", "shes", "sses", "xes", "zes")):
        return verb[:-2]
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def polish(text: str) -> str:
    """Put right what comes of putting words side by side: "you's hand", "the hand of you", "it's owner"."""
    for pattern, replacement in _FIXES:
        text = pattern.sub(replacement, text)
    return text


_YOU = {"is": "are", "has": "have", "does": "do", "was": "were", "goes": "go"}
_FIXES = (
    (re.compile(r"\byou's\b"), "your"),
    (re.compile(r"\bit's\b"), "its"),
    (re.compile(r"\bthe ((?:(?!of\b|the\b|that\b|whose\b)[^\s,.;:]+ ){1,3})of you\b"), r"your \1"),
    (re.compile(r"\bthe ((?:(?!of\b|the\b|that\b|whose\b)[^\s,.;:]+ ){1,3})of it\b"), r"its \1"),
    (re.compile(r"\bof you\b"), "of yours"),
    (re.compile(r"\byou (is|has|does|was)\b"), lambda match: f"you {_YOU[match[1]]}"),
    (re.compile(r"\bwhether (not )?always\b"), r"\1always"),
    (re.compile(r"  +"), " "),
    (re.compile(r" (?=[,.;:])"), ""),
    (re.compile(r" $"), ""),
)


def _joined(items: Sequence[str], last: str) -> str:
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else "".join(items)
