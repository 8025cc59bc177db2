"""The commands about web sources: scrape, rules."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compiler.cli.common import Command, JsonOption, Report, app, reporting
from compiler.diagnostics import Diagnostics, SpecError

if TYPE_CHECKING:
    from compiler.manifest import Spec
    from compiler.scrape.crawl import Job, Tally
    from compiler.scrape.reconcile import Merged, Statement
    from compiler.scrape.records import Complaint
    from compiler.scrape.rows import FilePlan
    from compiler.scrape.run import Outcome, Wish
    from compiler.scrape.snapshots import SnapshotStore

_SHOWN = 20
"""How many findings of a kind are shown; the document of --json has all."""

GameArgument = Annotated[
    Path, typer.Argument(metavar="SPEC", help="The manifest of a game, or a name: chess means specs/chess.yaml.")
]
BaseOption = Annotated[
    list[str] | None,
    typer.Option(
        "--base",
        metavar="[SITE=]URL",
        help="Where a site (or every site) is, such as http://127.0.0.1:8000; repeatable.",
    ),
]
StoreOption = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="The store of snapshots; by default $SPECC_HOME/snapshots."),
]


@app.command(cls=Command)
def scrape(
    spec: GameArgument,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME", help="A set that the manifest knows; repeatable.")
    ] = None,
    sites: Annotated[
        list[str] | None, typer.Option("--site", metavar="NAME", help="This site only; repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder of rules files that rows are written to.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where the files of --out differ from the sources.")
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help="Rules pages instead of rows; see `specc rules`.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List the requests that would be made.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Read the snapshots again; no request is made.")] = False,
    saved: Annotated[
        Path | None, typer.Option("--import", metavar="DIR", help="Take saved pages of one --site instead of fetching.")
    ] = None,
    records: Annotated[
        Path | None, typer.Option("--records", metavar="FILE", help="Write the merged records as JSON lines.")
    ] = None,
    base: BaseOption = None,
    rate: Annotated[
        float | None,
        typer.Option(
            "--rate",
            metavar="N",
            min=0,
            help="Requests a second to one host; 0, no limit, works on hosts of --base only.",
        ),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=64, help="Requests under way at one host.")
    ] = None,
    store: StoreOption = None,
    json: JsonOption = None,
) -> None:
    """Fetch what web sites say of a game's rows, politely, and write it as rules; texts become holes."""
    with reporting(json) as report:
        from compiler.manifest import load_spec
        from compiler.scrape import run

        if check and out is None:
            raise typer.BadParameter("--check compares with the files of --out DIR")
        if saved is not None and len(sites or ()) != 1:
            raise typer.BadParameter("--import takes the saved pages of one site: name it with --site")
        loaded = load_spec(_manifest(spec), report.sink, needs_rules=False)
        if not sets and not rules:
            known = ", ".join(loaded.manifest.sources.sets) or "none yet"
            raise typer.BadParameter(f"name a set with --set; the manifest knows {known}")
        wish = run.Wish(tuple(sets or ()), tuple(sites or ()), _bases(base), rate, concurrency)
        jobs = run.jobs_of(loaded, "rules" if rules else "sites", wish, report.sink)
        with _opened(store) as snapshots:
            if dry_run:
                _list_requests(jobs, snapshots, report)
                return
            outcomes = _pages(jobs, snapshots, wish, saved, offline, loaded, report)
            statements, complaints = run.read(outcomes, snapshots)
        _tell_complaints(complaints, report)
        if rules:
            _keep_rules(loaded, statements, report)
        else:
            _write_rows(loaded, statements, out, records, report, only_check=check)
        _tell_outcomes(outcomes, report)


def _manifest(path: Path) -> Path:
    """`chess` means `specs/chess.yaml`, unless there is something of that name."""
    named = Path("specs") / f"{path}.yaml"
    return named if not path.exists() and path.suffix == "" and named.exists() else path


def _bases(given: Sequence[str] | None) -> dict[str, str]:
    import httpx

    found: dict[str, str] = {}
    for text in given or ():
        name, mark, url = text.partition("=")
        name, url = (name, url) if mark and "/" not in name else ("*", text)
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise typer.BadParameter(f"--base: '{url}' is no URL: {error}") from None
        if parsed.scheme not in ("http", "https") or not parsed.host or parsed.raw_path not in (b"/", b""):
            raise typer.BadParameter(f"--base: '{url}' should look like http://127.0.0.1:8000")
        found[name] = url
    return found


@contextmanager
def _opened(folder: Path | None) -> Iterator[SnapshotStore]:
    import sqlite3

    from compiler.paths import display_path
    from compiler.scrape.snapshots import SnapshotStore, default_snapshot_folder

    folder = folder or default_snapshot_folder()
    try:
        store = SnapshotStore(folder)
        try:
            yield store
        finally:
            store.close()
    except (OSError, sqlite3.Error) as error:
        message = f"the store of snapshots in {display_path(folder)} cannot be used: {error}"
        raise SpecError.single("E1207", None, message) from error


# --- fetching ---------------------------------------------------------------------------------------------------------


def _list_requests(jobs: Sequence[Job], store: SnapshotStore, report: Report) -> None:
    from compiler.scrape.run import wanted

    listed = report.document["requests"] = []
    for job, url, how in wanted(jobs, store):
        listed.append({"site": job.site.name, "url": url, "how": how})
        report.say(f"{how:<10} {url}")
    asked = sum(request["how"] != "have" for request in listed)
    report.say(f"{asked} requests, and those for pages that they lead to; robots.txt is read first")


def _pages(
    jobs: Sequence[Job],
    store: SnapshotStore,
    wish: Wish,
    saved: Path | None,
    offline: bool,
    spec: Spec,
    report: Report,
) -> list[Outcome]:
    from compiler.scrape import run

    if offline:
        return [run.Outcome(job) for job in jobs]
    with store.writing() as alone:
        if not alone:
            raise SpecError.single("E1207", None, f"another scrape is writing to {store.folder}")
        if saved is not None:
            return _import(jobs, store, wish, saved, report)
        with _progress(jobs, report) as on_progress:
            outcomes = run.fetch(jobs, store, wish, spec.manifest.sources.contact, on_progress)
    failures = [found for outcome in outcomes for found in outcome.tally.failures.items()]
    for url, reason in sorted(failures)[:_SHOWN]:
        report.sink.error("E1203", None, f"{url} {reason}")
    if failures:
        report.say(f"{len(failures)} pages could not be fetched; the next run tries them again, and only them")
    report.document["failures"] = dict(sorted(failures))
    return outcomes


def _import(jobs: Sequence[Job], store: SnapshotStore, wish: Wish, folder: Path, report: Report) -> list[Outcome]:
    from compiler.scrape.run import import_folder

    if not folder.is_dir():
        raise SpecError.single("E0001", None, f"no such folder: {folder}")
    outcomes, unknown = [], set[str]()
    for index, job in enumerate(jobs):
        outcome, left = import_folder(job, store, folder, wish.limits)
        outcomes.append(outcome)
        unknown = set(left) if index == 0 else unknown & set(left)
    for path in sorted(unknown)[:_SHOWN]:
        report.sink.warning("W1202", None, f"{path} is no page of the sets that were asked for")
    return outcomes


@contextmanager
def _progress(jobs: Sequence[Job], report: Report) -> Iterator[Callable[[Job, Tally], None]]:
    """A bar for each job, with rate and time left, where somebody is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Pages a second."""

        def render(self, task: Any) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks = {id(job): progress.add_task(_title(job), total=None) for job in jobs}
        yield lambda job, tally: progress.update(tasks[id(job)], total=tally.known, completed=tally.done)


def _title(job: Job) -> str:
    return " ".join([job.site.name, *filter(None, [job.variables.get("set")])])


def _tell_outcomes(outcomes: Sequence[Outcome], report: Report) -> None:
    from rich.table import Table

    from compiler.scrape.run import summary

    rows = report.document["jobs"] = [summary(outcome) for outcome in outcomes]
    if not rows:
        return
    table = Table("", *(" ".join(filter(None, [row["site"], row["set"]])) for row in rows))
    for name in list(rows[0])[2:]:
        table.add_row(name, *(f"{row[name]:,}" for row in rows))
    report.console.print(table)


def _tell_complaints(complaints: Sequence[Complaint], report: Report) -> None:
    for complaint in complaints[:_SHOWN]:
        shown = f": {complaint.snippet}" if complaint.snippet else ""
        notes = [f"{complaint.where}{shown}"]
        report.sink.warning("W1202", None, f"{complaint.url}: {complaint.message}", notes=notes)
    if len(complaints) > _SHOWN:
        report.say(f"{len(complaints) - _SHOWN} further complaints are in the document of --json")
    report.document["complaints"] = [vars(complaint) for complaint in complaints]


# --- rows -------------------------------------------------------------------------------------------------------------


def _write_rows(
    spec: Spec,
    statements: Sequence[Statement],
    out: Path | None,
    records: Path | None,
    report: Report,
    *,
    only_check: bool,
) -> None:
    from compiler.scrape.rows import plan
    from compiler.texts import TextStore

    target = spec.manifest.sources.rows
    if target is None:
        raise SpecError.single("E1201", None, f"{spec.source.display} does not say how records become rows")
    game = spec.load(target, spec.span("sources", "rows"))()
    merged = _reconciled(spec, statements, game.sort_key, report)
    if not merged:
        report.sink.error("E1206", None, "no page gave a record")
    good = [found.record for found in merged if found.record is not None and found.settled]
    if records is not None:
        lines = [json_module.dumps(found.model_dump(mode="json"), sort_keys=True, ensure_ascii=False) for found in good]
        _replace(records, "".join(f"{line}\n" for line in lines))
        report.say(f"wrote {len(lines)} records to {records}")
    rows = [game.row(record) for record in good]
    if out is None:
        return
    sink = Diagnostics()
    plans = plan(rows, game, out, sink)
    report.sink.extend(sink)
    sink.raise_if_errors()
    if only_check:
        _tell_drift(plans, report)
        return
    store = TextStore()
    for row in rows:
        for text in row.texts:
            store.put(text)
    for file in plans:
        if file.changes:
            _replace(file.path, file.text)
    _tell_changes(plans, report)


def _reconciled(
    spec: Spec, statements: Sequence[Statement], sort_key: Callable[[str], Any], report: Report
) -> list[Merged]:
    from compiler.scrape.reconcile import Policy, reconcile

    given = spec.manifest.sources.policy
    order = given.order or tuple(spec.manifest.sources.sites)
    asks = sys.stdin.isatty() and report.json != "-"
    policy = Policy(given.default, order, given.fields, given.answers, _ask if asks else None)
    merged = reconcile(statements, policy, sort_key)
    report.document["rows"] = [
        {"key": found.key, "pages": found.pages, "provenance": found.provenance, "settled": found.settled}
        for found in merged
    ]
    for found in merged:
        for disagreement in found.disagreements:
            answer = f"{disagreement.key}.{disagreement.field}"
            if disagreement.settled:
                hint = f"took {disagreement.chosen!r}; 'sources: policy: answers: {{{answer}: …}}' settles it for good"
                report.sink.warning("W1201", None, str(disagreement), suggestion=hint)
            else:
                hint = f"write 'sources: policy: answers: {{{answer}: …}}', or run this in a terminal to be asked"
                report.sink.error("E1204", None, str(disagreement), suggestion=hint)
        if found.record is None:
            report.sink.error("E1204", None, f"{found.key}: the sources speak of things of different kinds")
    return merged


def _ask(key: str, path: str, options: Sequence[tuple[str, Any]]) -> Any:
    typer.echo(f"{key}: which {path}?", err=True)
    for number, (source, value) in enumerate(options, 1):
        typer.echo(f"  {number}: {value!r} ({source})", err=True)
    chosen = typer.prompt("number", type=int, err=True)
    while chosen not in range(1, len(options) + 1):
        chosen = typer.prompt("number", type=int, err=True)
    return options[chosen - 1][1]


def _tell_drift(plans: Sequence[FilePlan], report: Report) -> None:
    drift = report.document["drift"] = []
    for file in plans:
        for change in file.changes:
            drift.append({"key": change.key, "file": str(file.path), "before": change.before, "after": change.after})
            message = f"{file.path}: {change}"
            report.sink.error("E1205", None, message, notes=_difference(change.before or "", change.after))
        for key in file.extra:
            report.sink.warning("W1204", None, f"{file.path}: {key}: no source speaks of it")
    if not drift:
        report.say("the rows are what the sources say")


def _difference(before: str, after: str) -> list[str]:
    import difflib

    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _tell_changes(plans: Sequence[FilePlan], report: Report) -> None:
    changed = report.document["changed"] = []
    for file in plans:
        new = sum(change.before is None for change in file.changes)
        changed += [
            {"key": change.key, "file": str(file.path), "new": change.before is None} for change in file.changes
        ]
        if file.changes:
            report.say(f"{file.path}: {new} rows are new, {len(file.changes) - new} changed")
    if not changed:
        report.say("nothing changed")


def _replace(path: Path, text: str) -> None:
    from compiler.files import write_text

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpecError.single("E0704", None, f"cannot write {path}: {error.strerror}") from error
    write_text(path, text)


# --- rules pages ------------------------------------------------------------------------------------------------------


def _keep_rules(spec: Spec, statements: Sequence[Statement], report: Report) -> None:
    from compiler.scrape.statements import RuleStatement, keep
    from compiler.texts import TextStore

    said = [(one.url, one.record) for one in statements if isinstance(one.record, RuleStatement)]
    if not said:
        raise SpecError.single("E1206", None, "no page gave a statement")
    try:
        index = keep(spec.manifest.name, said, TextStore())
    except OSError as error:
        raise SpecError.single("E0704", None, f"cannot write the local store: {error}") from error
    report.document["statements"] = len(index)
    report.say(f"{len(index)} statements are in the local store; `specc rules` lists them")


@app.command(cls=Command)
def rules(
    spec: GameArgument,
    trace: Annotated[bool, typer.Option("--trace", help="Which declarations cite each statement.")] = False,
    uncited: Annotated[bool, typer.Option("--uncited", help="Only statements that nothing cites.")] = False,
    json: JsonOption = None,
) -> None:
    """List the statements of the published rules in the local store, and what of the specification cites them."""
    with reporting(json) as report:
        from compiler.manifest import load_spec
        from compiler.scrape import statements
        from compiler.syntax import parse_modules
        from compiler.texts import TextStore

        loaded = load_spec(_manifest(spec), report.sink)
        modules = [module for module in parse_modules(loaded.rules, report.sink) if module is not None]
        report.sink.raise_if_errors()
        index = statements.load_index(loaded.manifest.name)
        found = statements.trace(index, statements.citations(modules))
        texts = TextStore()
        listed = report.document["statements"] = []
        for statement, cited in found.cited:
            if uncited and cited:
                continue
            by = [f"{citation.declaration} ({citation.span})" for citation in cited]
            listed.append({**vars(statement), "cited_by": by})
            report.say(f"{statement.number}  {statements.short(statement.hash)}  {texts.get(statement.hash) or '?'}")
            if trace or uncited:
                report.say("".join(f"    {name}\n" for name in by or ["nothing cites it"]).rstrip("\n"))
        for citation in found.unknown:
            message = f"{citation.declaration} cites a statement that the local store does not have"
            hint = None if index else f"`specc scrape {spec} --rules` fills the store"
            report.sink.warning("W1205", citation.span, message, suggestion=hint)
        cited_count = sum(bool(cited) for _, cited in found.cited)
        report.document["cited"] = cited_count
        report.say(f"{len(index)} statements, {cited_count} of them cited")
