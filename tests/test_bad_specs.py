"""Wrong specifications and what is said about them: every file of `bad_specs/` is a test.

A file ends in one comment per expected diagnostic: `#! CODE LINE:COLUMN MESSAGE`. Drop a file in, write or record its
pins: `SPECC_PIN=1 pytest tests/test_bad_specs.py` rewrites them all; read the difference before you commit it.
"""

import os
import re
from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostics
from compiler.source import SourceFile
from compiler.syntax import parse_module
from compiler.typecheck import check

FOLDER = Path(__file__).parent / "bad_specs"
PIN = re.compile(r"^#! (.*)\n", re.MULTILINE)


def diagnose(text: str) -> Diagnostics:
    """What the stages say about a specification of one file; a stage runs only if the one before found no error."""
    sink = Diagnostics()
    module = parse_module(SourceFile("bad.rules", text), sink)
    if module is not None:
        check([module], "bad", sink)
    return sink


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.rules")), ids=lambda path: path.stem)
def test_the_diagnostics_of_a_bad_spec_are_as_pinned(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    sink = diagnose(text)
    for diagnostic in sink:
        assert diagnostic.span is not None, f"no place for: {diagnostic.message}"
    found = [f"{d.code} {d.span.line}:{d.span.col} {d.message}" for d in sink if d.span]
    if os.environ.get("SPECC_PIN"):
        path.write_text(PIN.sub("", text) + "".join(f"#! {line}\n" for line in found), encoding="utf-8")
    else:
        assert found == PIN.findall(text)
    assert found, "nothing is wrong with this specification"
