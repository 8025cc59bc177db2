"""Walking through doubtful answers with a person: the text, what the effect does in English, the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from compiler.diagnostics import Diagnostics
from compiler.explain import explain_row
from compiler.holes.admission import Case, Judgement, Verdict, admit
from compiler.holes.answer import Answer
from compiler.holes.contract import Contract
from compiler.holes.session import Session
from compiler.holes.store import Doubtful, effect_hash
from compiler.holes.workbench import answer_source, body

if TYPE_CHECKING:
    from rich.console import Console

Ask = Callable[[str], str]
Edit = Callable[[str], str | None]

_KEYS = "accept (a), edit (e), reject (r), skip (s), quit (q)?"


def review_all(
    session: Session, console: Console, ask: Ask | None = None, edit: Edit | None = None
) -> dict[str, list[str]]:
    """Show every doubtful answer and do what the person says. Returns hashes by what became of them.

    `ask` gives the person's answer to a question, and `edit` an edited text, or None where it stays.
    """
    asking, editing = ask or _ask, edit or _edit
    done: dict[str, list[str]] = {"accepted": [], "edited": [], "rejected": [], "skipped": []}
    waiting = [doubt for doubt in session.store.doubtful() if doubt.digits in session.all_contracts]
    console.print(f"{len(waiting)} answers wait for review")
    for number, doubt in enumerate(waiting, 1):
        contract = session.all_contracts[doubt.digits]
        console.rule(f"{number} of {len(waiting)}: {contract.name}")
        became = _one(session, contract, doubt, console, asking, editing)
        if became is None:
            break
        done[became].append(contract.hash)
    return done


def _one(session: Session, contract: Contract, doubt: Doubtful, console: Console, ask: Ask, edit: Edit) -> str | None:
    """One answer; None where the person has had enough."""
    verdict = "accepted"
    while True:
        _show(session, contract, doubt, console)
        key = ask(_KEYS).strip().lower()[:1]
        if key == "q":
            return None
        if key == "s":
            return "skipped"
        if key == "r":
            session.store.settle(contract.digits)
            return "rejected"
        if key == "e":
            changed = edit(doubt.answer.effect)
            if changed is not None and changed.strip() != doubt.answer.effect.strip():
                answer = Answer(effect=changed, note=doubt.answer.note)
                judgement = _judge(session, contract, answer)
                told = tuple(finding.to_json() for finding in judgement.findings)
                doubt, verdict = replace(doubt, answer=answer, findings=told, evidence=()), "edited"
            continue
        if key == "a":
            if _is_refused(session, contract, doubt.answer):
                console.print("[red]this cannot be let in: it does not parse, check or run[/red]")
                continue
            origin = replace(doubt.origin, verdict=verdict, effect=effect_hash(doubt.answer.effect))
            session.store.admit(contract, doubt.answer.effect, origin)
            return verdict


def _judge(session: Session, contract: Contract, answer: Answer) -> Judgement:
    return admit(Case.of(contract, answer, session.workbench, session.vocabulary))


def _is_refused(session: Session, contract: Contract, answer: Answer) -> bool:
    return _judge(session, contract, answer).verdict is Verdict.REFUSED


def _show(session: Session, contract: Contract, doubt: Doubtful, console: Console) -> None:
    """The text, the effect, what it does in English, and why it is doubtful."""
    from rich.markup import escape

    for place in contract.places[:4]:
        console.print(escape("; ".join(place.facts)))
    console.print(f"[bold]text[/bold]    {escape(contract.text or '(in no store)')}")
    console.print("[bold]effect[/bold]")
    console.print(escape("\n".join(f"    {line}" for line in doubt.answer.effect.splitlines())))
    console.print("[bold]in English[/bold]")
    console.print(escape("\n".join(f"    {line}" for line in _english(session, contract, doubt.answer.effect))))
    if doubt.answer.note:
        console.print(f"[bold]note[/bold]    {escape(doubt.answer.note)}")
    for finding in doubt.findings:
        style = {"refuse": "red", "doubt": "yellow"}.get(finding["severity"], "dim")
        console.print(f"[{style}]{escape(finding['check'])}: {escape(finding['message'])}[/{style}]")
    for line in doubt.evidence:
        console.print(escape(f"    {line}"))


def _english(session: Session, contract: Contract, effect: str) -> list[str]:
    """What the compiler understands the effect to be."""
    sink = Diagnostics()
    block = body(answer_source(effect), sink)
    program = None
    if block is not None:
        program, sink = session.workbench.without(contract.digits).check({contract.digits: block})
    if program is None:
        return [f"it does not check: {error.message}" for error in sink.errors[:3]]
    place = contract.places[0]
    return list(explain_row(program, program.tables[place.table], place.row).lines())


def _ask(question: str) -> str:
    import typer

    return str(typer.prompt(question, default="s", show_default=False))


def _edit(text: str) -> str | None:
    """The text after the person's editor, `$VISUAL` or `$EDITOR`; None where that fails."""
    import os
    import shlex
    import subprocess
    import tempfile
    from pathlib import Path

    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="specc-") as folder:
        path = Path(folder) / "effect.rules"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*editor, str(path)], check=False)
            return path.read_text(encoding="utf-8") if done.returncode == 0 else None
        except (OSError, ValueError):
            return None
