"""The store of a specification: admitted fills, where they come from, answers on record, and what waits for a person.

FILLS/<digits>.rules          what fills the hole with this hash
FILLS/provenance/<file>.yaml  by rules file: who said so, when, under which contract and vocabulary
FILLS/recorded/<digits>.json  answers that can be given again without asking anybody
FILLS/review/<digits>.json    doubtful answers with the evidence
FILLS/ledger.jsonl            every request, reply and verdict
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from compiler.files import write_text
from compiler.holes.answer import Answer
from compiler.holes.contract import Contract
from compiler.holes.ledger import NAME
from compiler.texts import HASH_PREFIX


@dataclass(frozen=True)
class Origin:
    """Where a fill comes from."""

    rows: tuple[str, ...]
    provider: str
    model: str
    prompt: str
    """The hash of the prompt."""
    vocabulary: str
    contract: str
    """The versions that the answer was given under."""
    effect: str
    """The hash of the effect."""
    date: str
    verdict: str
    """admitted; accepted or edited, by a person."""
    tried: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Doubtful:
    """An answer that a person must look at."""

    digits: str
    answer: Answer
    findings: tuple[dict[str, str], ...]
    evidence: tuple[str, ...]
    """More lines, such as what other answers do in a position where they differ."""
    origin: Origin


class Store:
    """The files of one store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def ledger(self) -> Path:
        return self.folder / NAME

    @property
    def recorded(self) -> Path:
        return self.folder / "recorded"

    def fill(self, digits: str) -> Path:
        """Where the fill of a hole lies."""
        return self.folder / f"{digits}.rules"

    def admit(self, contract: Contract, effect: str, origin: Origin) -> None:
        """Fill a hole; what waited for review about it is settled."""
        put_file(self.fill(contract.digits), effect.rstrip("\n") + "\n")
        self.put_origin(contract, origin)
        self.settle(contract.digits)

    # --- provenance -----------------------------------------------------------------------------------------------

    def origins(self) -> dict[str, Origin]:
        """All provenance, by digits."""
        found: dict[str, Origin] = {}
        folder = self.folder / "provenance"
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            found.update(_read_origins(path))
        return found

    def put_origin(self, contract: Contract, origin: Origin) -> None:
        """Write down where a fill comes from, in the sidecar of the rules file of its first row."""
        path = self.folder / "provenance" / f"{contract.places[0].file}.yaml"
        known = _read_origins(path) if path.exists() else {}
        known[contract.digits] = origin
        document = {HASH_PREFIX + digits: _plain(known[digits]) for digits in sorted(known)}
        stream = io.StringIO()
        yaml = YAML(typ="safe")
        yaml.default_flow_style = False
        yaml.width = 120
        yaml.sort_base_mapping_type_on_output = False  # type: ignore[attr-defined]
        yaml.dump(document, stream)
        put_file(
            path,
            "# Where fills come from. Written by specc fill; the texts themselves are not here.\n" + stream.getvalue(),
        )

    # --- review ---------------------------------------------------------------------------------------------------

    def doubtful(self) -> Iterator[Doubtful]:
        """What waits for a person, in the order of the hashes."""
        folder = self.folder / "review"
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                value = json.loads(path.read_text(encoding="utf-8"))
                yield Doubtful(
                    path.stem,
                    Answer.model_validate(value["answer"]),
                    tuple(value["findings"]),
                    tuple(value["evidence"]),
                    Origin(**{**value["origin"], "rows": tuple(value["origin"]["rows"])}),
                )

    def queue(self, doubt: Doubtful) -> None:
        """Keep a doubtful answer for review."""
        document = {
            "answer": doubt.answer.model_dump(),
            "findings": list(doubt.findings),
            "evidence": list(doubt.evidence),
            "origin": _plain(doubt.origin),
        }
        text = json.dumps(document, indent=1, ensure_ascii=False)
        put_file(self.folder / "review" / f"{doubt.digits}.json", text + "\n")

    def settle(self, digits: str) -> None:
        """Nothing waits for review about a hole any more."""
        (self.folder / "review" / f"{digits}.json").unlink(missing_ok=True)


def put_file(path: Path, text: str) -> None:
    """Write a file of a store, and make its folder. Raises SpecError (E0704)."""
    with contextlib.suppress(OSError):  # which the writing will tell
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)


def effect_hash(effect: str) -> str:
    """Identifies an effect."""
    return hashlib.sha256((effect.rstrip("\n") + "\n").encode()).hexdigest()[:16]


def _plain(origin: Origin) -> dict[str, Any]:
    values = asdict(origin)
    return {**values, "rows": list(origin.rows), "tried": dict(origin.tried)}


def _read_origins(path: Path) -> dict[str, Origin]:
    """A sidecar; entries that are none, or a file that is none, count as absent."""
    try:
        value = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, YAMLError):
        return {}
    known = {f.name for f in fields(Origin)}
    found: dict[str, Origin] = {}
    for name, entry in value.items() if isinstance(value, dict) else ():
        if isinstance(entry, dict) and known >= entry.keys() and isinstance(entry.get("rows"), list):
            with contextlib.suppress(TypeError):
                values = {**entry, "rows": tuple(entry["rows"]), "date": str(entry.get("date", ""))}
                found[str(name).removeprefix(HASH_PREFIX)] = Origin(**values)
    return found
