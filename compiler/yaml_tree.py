"""YAML as plain values plus the span of every key and value, so that later errors can point into the file."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from compiler.diagnostics import Diagnostics, Note
from compiler.source import SourceFile, Span

Keys = tuple[Hashable, ...]

_NAMES = ("null", "bool", "int", "float", "str", "timestamp", "seq", "map")
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in _NAMES)


@dataclass
class YamlTree:
    """A parsed document: mappings are dicts with string keys, sequences are tuples."""

    source: SourceFile
    value: Any = None
    key_spans: dict[Keys, Span] = field(default_factory=dict)
    value_spans: dict[Keys, Span] = field(default_factory=dict)

    def span(self, *keys: Hashable) -> Span:
        """The span of the value at `keys`, or of the nearest enclosing value that the document has."""
        while keys not in self.value_spans:
            if not keys:
                return self.source.span(0, 0)
            keys = keys[:-1]
        return self.value_spans[keys]

    def key_span(self, *keys: Hashable) -> Span:
        """The span of the key that introduces the value at `keys`, where there is one."""
        return self.key_spans.get(keys) or self.span(*keys)


def parse_yaml(source: SourceFile, diagnostics: Diagnostics) -> YamlTree:
    """Parse one YAML document, reporting bad YAML (E0010) and duplicate keys (E0011)."""
    tree = YamlTree(source)
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(source.text)
    except YAMLError as error:
        _report(error, source, diagnostics)
        return tree
    if root is not None and not _has_aliases(source, diagnostics):
        tree.value = _Reader(tree, yaml, diagnostics).read(root, ())
    return tree


@dataclass
class _Reader:
    tree: YamlTree
    yaml: YAML
    diagnostics: Diagnostics

    def read(self, node: Node, keys: Keys) -> Any:
        span = self.span_of(node)
        if span.start == span.end:  # a value left out is where its key is, not where the next one begins
            span = self.tree.key_spans.get(keys, span)
        self.tree.value_spans[keys] = span
        if str(node.tag) not in _PLAIN_TAGS:
            self.diagnostics.error("E0010", span, f"YAML tags such as {node.tag} are not supported here")
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, keys)
        if isinstance(node, SequenceNode):
            return tuple(self.read(item, (*keys, index)) for index, item in enumerate(node.value))
        return self.scalar(node, span)

    def mapping(self, node: MappingNode, keys: Keys) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            span = self.span_of(key_node)
            key = self.scalar(key_node, span) if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str):
                self.diagnostics.error("E0010", span, "a key must be a string", suggestion="quote it")
                continue
            if key in values:
                first = Note("first given here", self.tree.key_spans[(*keys, key)])
                self.diagnostics.error("E0011", span, f"the key '{key}' is given twice", notes=[first])
                continue
            self.tree.key_spans[(*keys, key)] = span
            values[key] = self.read(value_node, (*keys, key))
        return values

    def scalar(self, node: Node, span: Span) -> Any:
        try:
            return self.yaml.constructor.construct_object(node)
        except (YAMLError, ValueError) as error:
            self.diagnostics.error("E0010", span, f"cannot read this value: {error}")
            return None

    def span_of(self, node: Node) -> Span:
        start, end = node.start_mark.index, node.end_mark.index
        text = self.tree.source.text[start:end]
        return self.tree.source.span(start, start + len(text.rstrip()))


def _has_aliases(source: SourceFile, diagnostics: Diagnostics) -> bool:
    """Report aliases: they share nodes, so that values have no place of their own and may contain themselves."""
    aliases = [event for event in YAML(typ="safe", pure=True).parse(source.text) if isinstance(event, AliasEvent)]
    for event in aliases:
        span = source.span(event.start_mark.index, event.end_mark.index)
        diagnostics.error("E0010", span, "YAML aliases are not supported here", suggestion="repeat the value")
    return bool(aliases)


def _report(error: YAMLError, source: SourceFile, diagnostics: Diagnostics) -> None:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        offset = error.problem_mark.index
        if source.text[offset : offset + 1] == "\t":
            span = source.span(offset, offset + 1)
            diagnostics.error("E0010", span, "YAML cannot be indented with a tab", suggestion="use spaces")
            return
        notes = []
        if error.context_mark is not None and error.context_mark.index != offset:
            notes.append(Note(str(error.context), source.span(error.context_mark.index, error.context_mark.index)))
        continues = error.problem is None or error.problem.startswith("but ")
        message = (
            f"invalid YAML: {error.context} {error.problem or ''}" if continues else f"invalid YAML: {error.problem}"
        )
        diagnostics.error("E0010", source.span(offset, offset), message, notes=notes)
    elif isinstance(error, ReaderError):
        span = source.span(error.position, error.position + 1)
        diagnostics.error("E0010", span, "YAML does not allow this control character")
    else:
        diagnostics.error("E0010", None, f"{source.display}: invalid YAML: {error}")
