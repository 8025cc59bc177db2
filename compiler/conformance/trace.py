"""Traces: games written down so that a disagreement can be seen again, by people and by `specc verify --replay`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from compiler.diagnostics import SpecError
from compiler.paths import display_path

FORMAT = "specc-trace"
VERSION = 1
MAX_SIZE = 64 * 1024 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TraceSetup(_Part):
    """What the game was reset with: rows by key, everything else as its integer."""

    params: dict[str, list[int | str]] = {}
    key: Annotated[int, Field(ge=0, lt=1 << 32)]
    fields: dict[str, Any] | None = None
    rows: dict[str, list[dict[str, Any]]] = {}
    """The rows that are in the place of their tables', where these are not the rules' own."""


class TraceStep(_Part):
    """One decision, and the outcomes drawn after it; `reference` is the action's name in the reference's words."""

    player: int
    action: str
    draws: list[tuple[str, int]] = []
    reference: str | None = None


class TraceDifference(_Part):
    """The disagreement that the trace shows: after `step` decisions, in the field `path`."""

    step: Annotated[int, Field(ge=0)]
    kind: str
    path: str
    expected: Any = None
    got: Any = None
    missing: list[str] | None = None
    extra: list[str] | None = None
    spec: list[str] = []
    """The places of the rules that ran in that step, as `file:line`."""


class Trace(_Part):
    """A game up to its first disagreement with one follower."""

    format: Literal["specc-trace"] = FORMAT
    version: Literal[1] = VERSION
    game: str
    spec_hash: str
    engine: str
    reference: str
    policy: str = ""
    seed: int = 0
    episode: int = 0
    shrunk_from: int | None = None
    taped: bool = False
    """Whether the outcomes are given, instead of following from the key."""
    setup: TraceSetup
    start_draws: list[tuple[str, int]] = []
    steps: list[TraceStep] = []
    difference: TraceDifference

    def text(self) -> str:
        """The file's content: one line per decision, and per line of the rules."""
        data = self.model_dump(mode="json", exclude_none=True)
        if not self.setup.rows:
            del data["setup"]["rows"]
        steps, difference = data.pop("steps"), data.pop("difference")
        lines = [f'  "{key}": {_json(value)}' for key, value in data.items()]
        spec = _listed(difference.pop("spec"), "    ")
        parts = [*(f'    "{key}": {_json(value)}' for key, value in difference.items()), f'    "spec": {spec}']
        lines += [f'  "difference": {{\n{_COMMA.join(parts)}\n  }}', f'  "steps": {_listed(steps, "  ")}']
        return f"{{\n{_COMMA.join(lines)}\n}}\n"

    def write(self, folder: Path) -> Path:
        """Write the trace under a name made from its content. Raises SpecError (E0704) where that fails."""
        text = self.text()
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        name = "".join(c if c.isalnum() or c in "-_" else "-" for c in f"{self.game}-{self.reference}")[:80]
        path = folder / f"{name}-{digest}.trace.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise SpecError.single("E0704", None, f"cannot write {display_path(path)}: {error.strerror}") from error
        return path


_COMMA = ",\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(items: Sequence[Any], indent: str) -> str:
    """A list with an item per line."""
    return f"[\n{_COMMA.join(f'{indent}  {_json(item)}' for item in items)}\n{indent}]" if items else "[]"


def read_trace(path: Path) -> Trace:
    """Read a trace. Raises SpecError: E0001 or E0002 where there is no such file, E0803 where it is broken."""
    shown = display_path(path)
    try:
        if path.stat().st_size > MAX_SIZE:
            raise SpecError.single("E0803", None, f"{shown} is too large for a trace")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SpecError.single("E0001", None, f"no such file: {shown}") from error
    except UnicodeDecodeError as error:
        raise SpecError.single("E0803", None, f"{shown} is no trace: it is not UTF-8 text") from error
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or error
        raise SpecError.single("E0002", None, f"cannot read {shown}: {reason}") from error
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SpecError.single("E0803", None, f"{shown} is no trace: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise SpecError.single("E0803", None, f'{shown} is no trace: it has no "format": "{FORMAT}"')
    if data.get("version") != VERSION:
        found = f"version {data.get('version')!r}"
        raise SpecError.single("E0803", None, f"{shown} is a trace of {found}; this specc reads version {VERSION}")
    try:
        return Trace.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise SpecError.single("E0803", None, f"{shown} is broken: {place}: {first['msg']}") from error


def spec_hash(sources: Sequence[tuple[str, str]]) -> str:
    """A hash of (name, text) pairs: it changes when any file of a specification does."""
    digest = hashlib.sha256()
    for name, text in sorted(sources):
        digest.update(f"{len(name)}:{name}:{len(text)}:{text}".encode())
    return f"sha256:{digest.hexdigest()}"
