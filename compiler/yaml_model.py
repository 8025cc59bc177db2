"""YAML documents as pydantic models; whatever does not fit is reported with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from compiler.diagnostics import Diagnostics, did_you_mean
from compiler.yaml_tree import YamlTree


class Section(BaseModel):
    """A mapping of known keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Section)

_OWN_WORDS = {
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping of keys to values",
    "float_type": "must be a number",
    "int_type": "must be an integer",
    "model_type": "must be a mapping of keys to values",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list",
}


def validate(model: type[Model], tree: YamlTree, diagnostics: Diagnostics, name: str) -> Model | None:
    """The document as a model; None, with everything that is wrong reported (E0012 to E0014), where it is none.

    `name` is what such a document is called.
    """
    if not isinstance(tree.value, dict):
        problem = f"the {name} is empty" if tree.value is None else f"a {name} must be a mapping of keys to values"
        diagnostics.error("E0014", tree.span(), problem)
        return None
    try:
        return model.model_validate(tree.value)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            _report(problem, model, tree, diagnostics)
        return None


def _report(problem: ErrorDetails, model: type[Section], tree: YamlTree, diagnostics: Diagnostics) -> None:
    kind, keys = problem["type"], problem["loc"]
    parent, last = keys[:-1], str(keys[-1])
    if kind == "extra_forbidden":
        known = _section_at(model, parent).model_fields
        suggestion = did_you_mean(last, known) or f"the keys here are {', '.join(known)}"
        diagnostics.error("E0012", tree.key_span(*keys), f"unknown key '{last}'", suggestion=suggestion)
    elif kind == "missing":
        start = tree.key_span(*parent).start
        diagnostics.error("E0013", tree.source.span(start, start), f"the key '{last}' is missing")
    else:
        is_key = last == "[key]"
        keys = parent if is_key else keys
        span = tree.key_span(*keys) if is_key else tree.span(*keys)
        reason = _OWN_WORDS.get(kind) or problem["msg"].removeprefix("Value error, ").replace("Input should", "must")
        diagnostics.error("E0014", span, f"{'.'.join(map(str, keys))}: {reason}")


def _section_at(model: type[Section], keys: tuple[int | str, ...]) -> type[Section]:
    """The model of the mapping at some keys; the keys of mappings with names of their own are among them."""
    section = model
    for key in keys:
        if str(key) in section.model_fields:
            found = next(_sections(section.model_fields[str(key)].annotation), None)
            section = found or section
    return section


def _sections(annotation: Any) -> Iterator[type[Section]]:
    """The models within a type."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for inner in get_args(annotation):
        yield from _sections(inner)
