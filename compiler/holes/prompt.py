"""Prompts: templates filled from the rules and a contract. Same inputs, same bytes, same hash.

The first part of a prompt is the same for every hole of a specification, so that providers can cache it. A text goes
into the second part as a JSON string, which nothing in it can end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compiler.holes.answer import TOOL
from compiler.holes.contract import Contract
from compiler.holes.similar import Fill
from compiler.holes.vocabulary import Vocabulary
from compiler.ir import hir
from compiler.paths import codegen_templates

EXAMPLES = 24
"""How many rows with code are shown at most."""

FINDINGS = 8
"""How many findings about the last answer are told."""


@dataclass(frozen=True)
class Previous:
    """An answer that was not admitted, and why."""

    effect: str
    findings: tuple[str, ...]
    omitted: int = 0


@dataclass(frozen=True)
class Prompt:
    """What a provider is sent: a part that all holes share, and one of its own."""

    shared: tuple[str, ...]
    own: str

    @cached_property
    def hash(self) -> str:
        """Identifies the prompt."""
        shown = json.dumps([*self.shared, self.own], ensure_ascii=False)
        return hashlib.sha256(shown.encode()).hexdigest()


class Prompter:
    """Writes the prompts of one specification."""

    def __init__(self, program: hir.Program, title: str, words: Vocabulary) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(codegen_templates() / "prompts"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
        )
        self._templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
        self._templates.filters["tojson"] = _as_json
        self.shared = (
            self._render("instructions", title=title, tool=TOOL),
            self._render(
                "vocabulary",
                title=title,
                sections=words.sections,
                examples=_examples(program),
                scenario=program.scenarios[0].span.text if program.scenarios and program.scenarios[0].span else None,
            ),
        )

    def prompt(self, contract: Contract, similar: Sequence[Fill] = (), previous: Previous | None = None) -> Prompt:
        """The prompt for a hole whose text is known."""
        own = self._render(
            "hole",
            similar=similar,
            places=["; ".join(place.facts) for place in contract.places[:6]],
            signature=contract.signature,
            text=contract.text or "",
            previous=previous,
        )
        return Prompt(self.shared, own)

    def _render(self, name: str, **values: Any) -> str:
        return self._templates.get_template(f"{name}.j2").render(**values)


def _as_json(value: object) -> str:
    """A value as JSON on one line; unlike Jinja's own filter it leaves quotes as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _examples(program: hir.Program) -> list[str]:
    """Rows that carry code, the most different first: one for each set of verbs, then by place."""
    found: dict[frozenset[str], str] = {}
    for table in program.tables.values():
        coded = {row for method in table.methods.values() for row in method.bodies}
        for row in sorted(coded):
            span = table.spans[row]
            if span is not None and "sha256:" not in span.text:
                found.setdefault(_shape(program, table, row), f"{_heading(program, table, row)}{span.text}")
    return list(found.values())[:EXAMPLES]


def _shape(program: hir.Program, table: hir.Table, row: int) -> frozenset[str]:
    from compiler.ir.walk import walk

    names = {table.name}
    for method in table.methods.values():
        body = method.bodies.get(row)
        for node in walk(body) if body is not None else ():
            names.add(node.proc if isinstance(node, hir.Call) else type(node).__name__)
        if body is not None:
            names.add(method.name)
    return frozenset(names - {"Const", "Get", "Block"})


def _heading(program: hir.Program, table: hir.Table, row: int) -> str:
    if table.parent is None:
        return ""
    above = table.data["parent"][row]
    assert isinstance(above, int)
    return f"# in {program.tables[table.parent].keys[above]}\n"
