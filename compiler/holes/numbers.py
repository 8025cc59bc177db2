"""Numbers that a text says and that the effect made of it never uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostics import Diagnostics, read_source
from compiler.holes.texts import known_texts
from compiler.ir import hir
from compiler.manifest import Spec
from compiler.texts import TextStore

_DIGITS = re.compile(r"(?<![\w.])\d{1,6}(?!\w)")


def unused_numbers(spec: Spec, program: hir.Program, store: TextStore, sink: Diagnostics) -> None:
    """Warn (W0915) of fills whose text is known here and says a number that is neither in the effect, be it by a
    constant, nor in a row that has the hole.
    """
    texts = known_texts(spec, [path.stem for path in spec.filled], store)
    for path in spec.filled:
        source = read_source(path, Diagnostics()) if path.stem in texts else None
        if source is None:
            continue
        effect = re.sub(r"#.*", "", source.text)
        used = _numbers(effect) | {n for name, n in program.constants.items() if re.search(rf"\b{name}\b", effect)}
        for facts in _rows_with(program, path.stem):
            used |= _numbers(facts.replace(path.stem, ""))
        missing = sorted(_numbers(texts[path.stem]) - used)
        if missing:
            message = f"the text says {', '.join(map(str, missing))}, and this effect never uses that"
            sink.warning("W0915", source.span(0, len(source.text.split("\n", 1)[0])), message)


def _numbers(text: str) -> set[int]:
    return {int(found) for found in _DIGITS.findall(text)}


def _rows_with(program: hir.Program, digits: str) -> Iterator[str]:
    """The rows that name a hash, as they are written."""
    for table in program.tables.values():
        yield from (span.text for span in table.spans if span is not None and digits in span.text)
