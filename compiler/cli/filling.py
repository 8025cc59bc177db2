"""The commands about holes and effects: fill, equiv, texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compiler.cli.common import Command, JsonOption, Report, SpecArgument, app, load_program, reporting
from compiler.diagnostics import Diagnostics, SpecError

if TYPE_CHECKING:
    from compiler.equivalence import Bench
    from compiler.holes.contract import Contract
    from compiler.holes.prices import ModelPrice
    from compiler.holes.providers import Provider
    from compiler.holes.run import Outcome, Plan
    from compiler.holes.session import Session
    from compiler.ir.hir import Program

_STATES = typer.Option("--states", metavar="N", min=100, help="Positions at most.")
_EXECUTIONS = typer.Option("--executions", metavar="N", min=10, help="Runs of the effect that are enough.")
_SEED = typer.Option("--seed", metavar="N", help="Other positions.")
_TEXTS = typer.Option("--texts", metavar="DIR", help="The local store of texts; $SPECC_HOME/texts by default.")


@app.command(cls=Command)
def fill(
    spec: SpecArgument,
    rows: Annotated[list[str] | None, typer.Argument(metavar="ROW...", help="Only the holes of these rows.")] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="NAME", help="recorded, anthropic or command.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="The model that is asked.")] = None,
    base_url: Annotated[str | None, typer.Option("--base-url", metavar="URL", help="Another server.")] = None,
    command: Annotated[str | None, typer.Option("--command", metavar="LINE", help="The program that answers.")] = None,
    answers: Annotated[int | None, typer.Option("--answers", min=1, max=9, help="Independent answers.")] = None,
    attempts: Annotated[int | None, typer.Option("--attempts", min=1, max=20, help="Answers to one question.")] = None,
    dollars: Annotated[float | None, typer.Option("--dollars", min=0, help="Spend no more than this in all.")] = None,
    tokens: Annotated[int | None, typer.Option("--tokens", min=0, help="Use no more than this in all.")] = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", min=1, max=64, help="Requests at a time.")] = None,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds for one request.")] = 120.0,
    states: Annotated[int, _STATES] = 20_000,
    executions: Annotated[int, _EXECUTIONS] = 1_000,
    texts: Annotated[Path | None, _TEXTS] = None,
    prices: Annotated[Path | None, typer.Option("--prices", metavar="FILE", help="Another price table.")] = None,
    inline: Annotated[bool, typer.Option("--inline", help="Write fills into the rules, in place of holes.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Price the requests, and send none.")] = False,
    all_texts: Annotated[bool, typer.Option("--all-texts", help="Price every text of the local store.")] = False,
    show_prompt: Annotated[bool, typer.Option("--show-prompt", help="Print the prompts, and send none.")] = False,
    stale: Annotated[bool, typer.Option("--stale", help="List fills that their words or contracts outlived.")] = False,
    report: Annotated[bool, typer.Option("--report", help="What the ledger says.")] = False,
    review: Annotated[bool, typer.Option("--review", help="Walk through doubtful answers.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Ask again what was answered and not admitted.")] = False,
    json: JsonOption = None,
) -> None:
    """Fill the holes of a specification: ask what their texts mean, and admit what passes."""
    with reporting(json) as out:
        from compiler.holes.admission import Effort
        from compiler.holes.session import Session
        from compiler.texts import TextStore

        session = Session.open(spec, out.sink, TextStore(texts))
        if report:
            return _report(session, out)
        if stale:
            return _stale(session, out)
        if review:
            return _review(session, out)
        contracts = session.chosen(rows or [])
        if show_prompt:
            return _show_prompts(session, contracts, out)
        if inline and not contracts:
            return _inline(session, out)
        asked = _provider_name(session, provider)
        plan = _plan(session, asked, model, prices, answers, attempts, concurrency, dollars, tokens)
        from dataclasses import replace

        plan = replace(plan, effort=Effort(executions, states), round=_round(session) + again)
        if dry_run or all_texts:
            return _price(session, contracts, plan, all_texts, prices, out)
        if not again:
            waiting = {doubt.digits for doubt in session.store.doubtful()}
            contracts = [contract for contract in contracts if contract.digits not in waiting]
        _fill(session, contracts, _provider(session, asked, base_url, command, timeout), plan, out)
        if inline:
            _inline(Session.open(spec, Diagnostics(), TextStore(texts)), out)


@app.command(cls=Command)
def equiv(
    spec: SpecArgument,
    left: Annotated[str, typer.Argument(metavar="A", help="A row by key or title, or a file of statements.")],
    right: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    row: Annotated[
        str | None, typer.Option("--row", metavar="ROW", help="Where files of statements stand; by default the other.")
    ] = None,
    states: Annotated[int, _STATES] = 40_000,
    executions: Annotated[int, _EXECUTIONS] = 4_000,
    seed: Annotated[int, _SEED] = 0,
    json: JsonOption = None,
) -> None:
    """Say whether two effects do the same in every position tried, or show one in which they differ."""
    with reporting(json) as out:
        program = load_program(spec, out).program
        from compiler.conformance.policies import Taste
        from compiler.equivalence import compare_programs
        from compiler.manifest import load_spec

        benches = _benches(spec, program, left, right, row, seed, out)
        wanted = load_spec(spec, Diagnostics()).manifest.verify
        taste = Taste(wanted.eager, wanted.last, wanted.score)
        found = compare_programs(*benches, taste, executions=executions, states=states, seed=seed)
        out.document.update(found.to_json())
        tried = f"{found.states:,} positions, {found.executions:,} runs, {found.changed:,} changed positions"
        if found.counterexample is None:
            out.say(f"no difference in {tried}")
            if not found.executions:
                out.say("the effect never ran: nothing is shown")
                out.ok = False
        else:
            out.say(f"they differ ({found.counterexample.kind}), after {tried}")
            for line in found.counterexample.lines(left, right):
                out.say(line)
            out.ok = False


texts_app = typer.Typer(help="The local store of effect texts, outside the repository.", no_args_is_help=True)
app.add_typer(texts_app, name="texts")


@texts_app.command("import", cls=Command)
def import_texts(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSON or YAML: texts, or objects with one.")],
    texts: Annotated[Path | None, _TEXTS] = None,
    json: JsonOption = None,
) -> None:
    """Put the texts of files into the local store."""
    with reporting(json) as out:
        from compiler.holes import texts as found_texts
        from compiler.texts import TextStore

        store = TextStore(texts)
        try:
            hashes = [digest for file in files for digest in found_texts.import_texts(file, store)]
        except OSError as error:
            message = f"cannot write {store.folder}: {error.strerror or error}"
            raise SpecError.single("E0704", None, message) from error
        out.document["hashes"] = hashes
        out.say(f"{len(hashes)} texts are in {store.folder}")


# --- asking -----------------------------------------------------------------------------------------------------------


def _fill(session: Session, contracts: list[Contract], provider: Provider, plan: Plan, out: Report) -> None:
    import asyncio

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from compiler.holes.ledger import Ledger
    from compiler.holes.providers import ProviderError
    from compiler.holes.run import Filler

    if not contracts:
        out.say("no hole is open")
        out.document["holes"] = []
        return
    with Ledger(session.store.ledger) as ledger:
        if plan.round > ledger.book.round:
            ledger.anew(plan.round)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=out.console, transient=True) as progress:
            task = progress.add_task("filling", total=len(contracts))

            def done(outcome: Outcome) -> None:
                progress.update(task, advance=1, description=f"filling, ${ledger.book.dollars:.2f}")

            async def run() -> list[Outcome]:
                filler = Filler(
                    session.workbench,
                    session.vocabulary,
                    session.prompter,
                    session.fills,
                    provider,
                    session.store,
                    ledger,
                    plan,
                )
                try:
                    return await filler.fill(contracts, done)
                finally:
                    await provider.close()

            try:
                outcomes = asyncio.run(run())
            except ProviderError as error:
                raise SpecError.single(error.code, None, str(error)) from None
        _tell(outcomes, out)
        book = ledger.book
        out.document["spent"] = {"dollars": round(book.dollars, 6), **book.usage.to_json(), "requests": book.sent}


def _tell(outcomes: list[Outcome], out: Report) -> None:
    from collections import Counter

    out.document["holes"] = [
        {
            "hash": outcome.contract.hash,
            "rows": [place.key for place in outcome.contract.places],
            "status": outcome.status,
            "reason": outcome.reason,
            "attempts": outcome.attempts,
            **(outcome.judgement.to_json() if outcome.judgement is not None else {}),
        }
        for outcome in outcomes
    ]
    counts = Counter(outcome.status for outcome in outcomes)
    for outcome in outcomes:
        if outcome.status == "admitted":
            continue
        reasons = [str(finding) for finding in outcome.judgement.findings] if outcome.judgement else []
        out.say(f"{outcome.contract.name}: {outcome.status}{f', {outcome.reason}' if outcome.reason else ''}")
        for reason in reasons[:6]:
            out.say(f"  {reason}")
    out.say(", ".join(f"{counts[status]} {status}" for status in ("admitted", "doubtful", "refused", "open")))
    out.ok = counts["admitted"] == len(outcomes)


def _provider_name(session: Session, name: str | None) -> str:
    asked = name or session.spec.manifest.fill.provider
    if asked not in ("recorded", "anthropic", "command"):
        raise typer.BadParameter(f"--provider: '{asked}' is none of recorded, anthropic, command")
    return asked


def _provider(session: Session, name: str, base_url: str | None, command: str | None, timeout: float) -> Provider:
    from compiler.holes.providers import ProviderError

    wanted = session.spec.manifest.fill
    try:
        if name == "recorded":
            from compiler.holes.providers.recorded import Recorded

            return Recorded(session.store.recorded)
        if name == "command":
            import shlex

            from compiler.holes.providers.command import Command as Program

            argv = tuple(shlex.split(command)) if command else wanted.command.argv if wanted.command else ()
            if not argv:
                raise ProviderError("E1101", "the provider 'command' needs a command: --command, or 'fill: command:'")
            return Program(argv, session.spec.root, timeout)
        from compiler.holes.providers.anthropic import Anthropic, Settings

        return Anthropic(Settings(base_url or wanted.base_url, timeout, requests_per_minute=wanted.requests_per_minute))
    except ProviderError as error:
        raise SpecError.single(error.code, None, str(error)) from None


def _plan(
    session: Session,
    provider: str,
    model: str | None,
    prices: Path | None,
    answers: int | None,
    attempts: int | None,
    concurrency: int | None,
    dollars: float | None,
    tokens: int | None,
) -> Plan:
    from compiler.holes.run import Plan

    wanted, budget = session.spec.manifest.fill, session.spec.manifest.budget
    asked, price = provider, None
    if provider == "anthropic":
        asked, price = _priced_model(session, model, prices)
    return Plan(
        asked,
        price,
        answers or wanted.answers,
        attempts or budget.attempts,
        concurrency or wanted.concurrency,
        most_tokens=tokens if tokens is not None else budget.tokens,
        most_dollars=dollars if dollars is not None else budget.dollars,
    )


def _priced_model(session: Session, model: str | None, prices: Path | None) -> tuple[str, ModelPrice]:
    import os

    from compiler.holes.prices import load_prices
    from compiler.holes.providers.names import DEFAULT_MODEL, MODEL_VARIABLE

    asked = model or session.spec.manifest.fill.model or os.environ.get(MODEL_VARIABLE) or DEFAULT_MODEL
    return asked, load_prices(prices).of(asked)


def _round(session: Session) -> int:
    """How often all has been asked anew."""
    from compiler.holes.ledger import read_ledger

    return read_ledger(session.store.ledger).round


# --- everything else --------------------------------------------------------------------------------------------------


def _show_prompts(session: Session, contracts: list[Contract], out: Report) -> None:
    from compiler.holes.similar import Similar

    near = Similar(session.fills)
    for text in session.prompter.shared:
        out.say(text)
    out.document["shared"] = list(session.prompter.shared)
    prompts = out.document["prompts"] = []
    for contract in contracts:
        prompt = session.prompter.prompt(contract, near.nearest(contract.text or "", contract.digits))
        prompts.append({"hash": contract.hash, "prompt_hash": prompt.hash, "prompt": prompt.own})
        out.say(f"--- {contract.name}, prompt {prompt.hash[:16]}\n{prompt.own}")


def _price(
    session: Session, contracts: list[Contract], plan: Plan, all_texts: bool, prices: Path | None, out: Report
) -> None:
    from compiler.holes.report import price_holes, price_lines

    model, price = (plan.model, plan.price) if plan.price else _priced_model(session, None, prices)
    from compiler.holes.prices import load_prices

    priced = price_holes(session, contracts, all_texts, model, price, plan.answers, load_prices(prices))
    out.document.update(priced)
    for line in price_lines(priced):
        out.say(line)


def _stale(session: Session, out: Report) -> None:
    from compiler.holes.report import stale_fills

    found = stale_fills(session)
    out.document["stale"] = [{"hash": digits, "rows": list(rows), "reasons": why} for digits, rows, why in found]
    for digits, rows, why in found:
        out.say(f"{', '.join(rows[:3]) or digits[:12]}: {'; '.join(why)}")
    out.say(f"{len(found)} of {len(session.workbench.stored)} fills are stale")


def _report(session: Session, out: Report) -> None:
    from compiler.holes.report import ledger_report, print_report

    found = ledger_report(session)
    out.document.update(found)
    print_report(found, out.console)


def _review(session: Session, out: Report) -> None:
    from compiler.holes.review import review_all

    out.document.update(review_all(session, out.console))


def _inline(session: Session, out: Report) -> None:
    from compiler.diagnostics import read_source
    from compiler.files import write_text
    from compiler.holes.inline import put_inline

    fills = {digits: session.store.fill(digits).read_text(encoding="utf-8") for digits in session.workbench.stored}
    changed = out.document["inlined"] = []
    for path in session.spec.rules:
        source = read_source(path, out.sink)
        if source is not None and any(digits in source.text for digits in fills):
            write_text(path, put_inline(source, fills))
            changed.append(str(path))
            out.say(f"{path}: its fills stand inline")


# --- equivalence ------------------------------------------------------------------------------------------------------


def _benches(
    spec: Path, program: Program, left: str, right: str, row: str | None, seed: int, out: Report
) -> tuple[Bench, Bench]:
    """The benches of two effects in one place."""
    from compiler.equivalence import Effect, effect_of, spread
    from compiler.holes.compare import effect_in_row, find_effect

    names = [name for name in (row, left, right) if name is not None and not _is_file(name)]
    if not names:
        raise typer.BadParameter("--row: say in which row the statements of the files stand")
    table, place = find_effect(program, names[0])
    effects: list[tuple[Program, Effect]] = []
    for name in (left, right):
        if _is_file(name):
            effects.append(effect_in_row(spec, Path(name), table, place))
            continue
        other_table, other = find_effect(program, name)
        if other_table != table:
            message = f"'{names[0]}' is a row of '{table}', and '{name}' one of '{other_table}'"
            raise SpecError.single("E1108", None, message)
        effects.append((program, Effect(table, place, effect_of(program, table, other).bodies)))
    return spread(*effects[0], seed), spread(*effects[1], seed)


def _is_file(name: str) -> bool:
    return name.endswith(".rules")
