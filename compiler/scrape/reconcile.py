"""Merging what several sites say of one thing, field by field, with evidence of who said what."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from compiler.scrape.records import Record
from compiler.texts import normalise

Way = Literal["prefer", "majority", "ask"]


@dataclass(frozen=True)
class Statement:
    """What one source says of a thing, on which page."""

    source: str
    url: str
    record: Record


@dataclass(frozen=True)
class Disagreement:
    """Sources that say different things of one field, and what was made of it."""

    key: str
    field: str
    values: tuple[tuple[str, Any], ...]
    """Source and value, in the order of preference."""
    chosen: Any
    settled: bool
    """Whether the policy could decide."""

    def __str__(self) -> str:
        said = ", ".join(f"{source} says {value!r}" for source, value in self.values)
        return f"{self.key}: the sources disagree on {self.field}: {said}"


@dataclass(frozen=True)
class Policy:
    """Who is believed where sources disagree."""

    default: Way = "prefer"
    order: Sequence[str] = ()
    """Sources by falling trust; the other ones follow, by name."""
    fields: Mapping[str, Way] = field(default_factory=dict)
    """Ways for single fields, such as `hp` or `attacks.text`."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What was settled by hand: `KEY.FIELD` and the value."""
    ask: Callable[[str, str, Sequence[tuple[str, Any]]], Any] | None = None
    """Asks the user: key, field, and who says what; gives the chosen value. None: nobody is there."""

    def rank(self, source: str) -> tuple[int, str]:
        """Sorts sources by falling trust."""
        return (self.order.index(source) if source in self.order else len(self.order)), source

    def way(self, path: str) -> Way:
        """How a disagreement on a field is settled."""
        return self.fields.get(path, self.fields.get(path.rpartition(".")[2], self.default))


@dataclass(frozen=True)
class Merged:
    """One thing: its fields, who agrees on each, and where the sources differ."""

    key: str
    record: Record | None
    """None where what was chosen makes no record: the sources speak of things of different kinds."""
    provenance: dict[str, tuple[str, ...]]
    """For each leaf field the sources that say what was chosen."""
    pages: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def settled(self) -> bool:
        """Whether every disagreement could be decided."""
        return all(found.settled for found in self.disagreements)


def reconcile(
    statements: Iterable[Statement], policy: Policy, sort_key: Callable[[str], Any] = lambda key: key
) -> list[Merged]:
    """All things that the sources speak of, in the order of their keys.

    Records that share an alias are about one thing, whose key is the first of all keys and aliases by `sort_key`.
    """
    groups: dict[str, list[Statement]] = {}
    owner: dict[str, str] = {}
    for statement in statements:
        names = {statement.record.key, *statement.record.aliases}
        met = sorted({owner[name] for name in names if name in owner})
        target = met[0] if met else statement.record.key
        group = groups.setdefault(target, [])
        for other in met[1:]:
            group.extend(groups.pop(other))
        group.append(statement)
        for member in group:
            owner.update(dict.fromkeys((member.record.key, *member.record.aliases), target))
    merged = [_merge(group, policy, sort_key) for group in groups.values()]
    return sorted(merged, key=lambda found: sort_key(found.key))


def _merge(group: Sequence[Statement], policy: Policy, sort_key: Callable[[str], Any]) -> Merged:
    names = {name for statement in group for name in (statement.record.key, *statement.record.aliases)}
    key = min(names, key=sort_key)
    ranked = sorted(group, key=lambda said: (policy.rank(said.source), said.record.key != key, said.url))
    merger = _Merger(key, policy)
    identity = ranked[0].record.identity(key, names)
    said = [(one.source, {k: v for k, v in one.record.stated().items() if k not in identity}) for one in ranked]
    fields = {**merger.merge("", said), **identity}
    pages = tuple(sorted({one.url for one in ranked}))
    kinds = list(dict.fromkeys(type(one.record) for one in ranked))
    return Merged(key, _as_record(fields, kinds), merger.provenance, pages, tuple(merger.disagreements))


def _as_record(fields: Mapping[str, Any], kinds: Iterable[type[Record]]) -> Record | None:
    for kind in kinds:
        with contextlib.suppress(ValidationError):
            return kind.model_validate_json(json.dumps(fields))
    return None


@dataclass
class _Merger:
    key: str
    policy: Policy
    provenance: dict[str, tuple[str, ...]] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)

    def merge(self, path: str, said: Sequence[tuple[str, Any]]) -> Any:
        values = [value for _, value in said]
        if all(isinstance(value, dict) for value in values):
            names = dict.fromkeys(name for value in values for name in value)
            return {
                name: self.merge(f"{path}.{name}" if path else name, [(who, v[name]) for who, v in said if name in v])
                for name in names
            }
        if all(isinstance(value, list) for value in values) and len({len(value) for value in values}) == 1:
            return [
                self.merge(f"{path}.{index}", [(who, v[index]) for who, v in said]) for index in range(len(values[0]))
            ]
        return self._leaf(path, said)

    def _leaf(self, path: str, said: Sequence[tuple[str, Any]]) -> Any:
        by_value: dict[str, list[tuple[str, Any]]] = {}
        for source, value in said:
            by_value.setdefault(_compared(value), []).append((source, value))
        chosen, settled = said[0][1], True
        if len(by_value) > 1:
            chosen, settled = self._decide(path, by_value, said)
            differing = tuple((voters[0][0], voters[0][1]) for voters in by_value.values())
            self.disagreements.append(Disagreement(self.key, path, differing, chosen, settled))
        agreeing = by_value.get(_compared(chosen), [])
        self.provenance[path] = tuple(dict.fromkeys(source for source, _ in agreeing))
        return chosen

    def _decide(
        self, path: str, by_value: Mapping[str, list[tuple[str, Any]]], said: Sequence[tuple[str, Any]]
    ) -> tuple[Any, bool]:
        answer = f"{self.key}.{path}"
        if answer in self.policy.answers:
            return self.policy.answers[answer], True
        # a field of a list is meant with and without its position: `attacks.0.text`, `attacks.text`
        plain = ".".join(part for part in path.split(".") if not part.isdecimal())
        way = self.policy.way(plain)
        if way == "majority":
            votes = Counter({shown: len({who for who, _ in voters}) for shown, voters in by_value.items()})
            (best, most), *rest = votes.most_common()
            if not rest or rest[0][1] < most:
                return by_value[best][0][1], True
        if way == "ask":
            if self.policy.ask is None:
                return said[0][1], False
            options = [voters[0] for voters in by_value.values()]
            return self.policy.ask(self.key, plain, options), True
        return said[0][1], True


def _compared(value: Any) -> str:
    """Texts are compared in their normal form: quotes, dashes and blanks are no disagreement."""
    return repr(normalise(value) if isinstance(value, str) else value)
