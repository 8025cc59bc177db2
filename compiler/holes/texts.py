"""Where the texts of holes are found: files that the specification may publish, and the local store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from compiler.diagnostics import Diagnostics, SpecError, read_source
from compiler.manifest import Spec
from compiler.texts import HASH_PREFIX, TextStore, normalise, text_hash
from compiler.yaml_tree import parse_yaml


def known_texts(spec: Spec, digits: Iterable[str], store: TextStore) -> dict[str, str]:
    """The texts of holes that are known, by digits. Raises SpecError (E1106) for a broken file of texts."""
    published = published_texts(spec)
    found = {name: published.get(name) or store.get(name) for name in digits}
    return {name: text for name, text in found.items() if text is not None}


def published_texts(spec: Spec) -> dict[str, str]:
    """The texts of the files that the manifest names, by digits."""
    found: dict[str, str] = {}
    for index, name in enumerate(spec.manifest.fill.texts):
        path = spec.source.path.parent / name
        sink = Diagnostics()
        source = read_source(path, sink, spec.span("fill", "texts", index))
        sink.raise_if_errors()
        assert source is not None
        tree = parse_yaml(source, sink)
        sink.raise_if_errors()
        for text in texts_in(tree.value, path):
            found[text_hash(text).removeprefix(HASH_PREFIX)] = normalise(text)
    return found


def texts_in(value: Any, path: Path) -> Iterator[str]:
    """The texts of a document: a mapping of names to texts, or a list of texts or of objects with a `text`.

    Raises SpecError (E1106) for any other.
    """
    items = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(items, list):
        raise SpecError.single("E1106", None, f"{path} is no list or mapping of texts")
    for item in items:
        text = item.get("text") if isinstance(item, dict) else item
        if not isinstance(text, str) or not normalise(text):
            raise SpecError.single("E1106", None, f"{path} has an entry without a text")
        yield text


def import_texts(path: Path, store: TextStore) -> list[str]:
    """Put the texts of a JSON or YAML file into the local store; returns their hashes, each once."""
    sink = Diagnostics()
    source = read_source(path, sink)
    sink.raise_if_errors()
    assert source is not None
    if path.suffix == ".json":
        try:
            value = json.loads(source.text)
        except ValueError as error:
            raise SpecError.single("E1106", None, f"{path} is not JSON: {error}") from None
    else:
        tree = parse_yaml(source, sink)
        sink.raise_if_errors()
        value = tree.value
    return list(dict.fromkeys(store.put(text) for text in texts_in(value, path)))
