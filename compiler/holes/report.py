"""What a run would cost, what the ledger says, and which fills have outlived their contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from compiler.holes.contract import Contract
from compiler.holes.ledger import read_ledger
from compiler.holes.prices import ModelPrice, PriceTable, Usage
from compiler.holes.run import typical_usage, worst_usage
from compiler.holes.session import Session
from compiler.holes.similar import Similar
from compiler.holes.store import effect_hash
from compiler.ir import hir
from compiler.texts import HASH_PREFIX

if TYPE_CHECKING:
    from rich.console import Console


# --- before -----------------------------------------------------------------------------------------------------------


def price_holes(
    session: Session,
    contracts: Sequence[Contract],
    all_texts: bool,
    model: str,
    price: ModelPrice,
    answers: int,
    table: PriceTable,
) -> dict[str, Any]:
    """What filling costs at the list price. Tokens are estimated: nothing is sent."""
    wanted = _with_all_texts(session, contracts) if all_texts else [c for c in contracts if c.text is not None]
    near = Similar(session.fills)
    usage, uncached, worst = Usage(), Usage(), Usage()
    for index, contract in enumerate(wanted):
        prompt = session.prompter.prompt(contract, near.nearest(contract.text or "", contract.digits))
        for number in range(answers):
            found = typical_usage(prompt, is_first=index == 0 and number == 0)
            usage += found
            uncached += Usage(input=found.input + found.cache_read + found.cache_write, output=found.output)
            worst += worst_usage(prompt, 4_000)
    count = max(1, len(wanted) * answers)
    return {
        "model": model,
        "prices_of": table.date.isoformat(),
        "holes": len(wanted),
        "without_text": 0 if all_texts else len(contracts) - len(wanted),
        "requests": len(wanted) * answers,
        "tokens": usage.to_json(),
        "tokens_per_request": {
            "cached": round((usage.input + usage.cache_read) / count),
            "sent": round(usage.input / count),
            "without_cache": round(uncached.input / count),
        },
        "dollars": round(price.cost(usage), 4),
        "dollars_without_cache": round(price.cost(uncached), 4),
        "dollars_at_most_per_attempt": round(price.cost(worst), 4),
        "is_estimate": True,
    }


def price_lines(priced: Mapping[str, Any]) -> Iterator[str]:
    """The priced run as lines of text."""
    per = priced["tokens_per_request"]
    asked = f"{priced['requests']} requests to {priced['model']}"
    yield f"{priced['holes']} holes, {asked}, prices of {priced['prices_of']}"
    if priced["without_text"]:
        yield f"{priced['without_text']} holes have no text here and are not asked about"
    yield (
        f"about {per['without_cache']:,} tokens in a prompt, of which {per['sent']:,} are not in the cache;"
        " an estimate: nothing was sent"
    )
    yield f"about ${priced['dollars']:.2f} with the cache, ${priced['dollars_without_cache']:.2f} without"
    yield f"${priced['dollars_at_most_per_attempt']:.2f} if every answer were the longest and nothing were cached"


def _with_all_texts(session: Session, contracts: Sequence[Contract]) -> list[Contract]:
    """A contract for every text of the local store; for a text of no row, one like that of a row that has a hole."""
    known = session.all_contracts
    pattern = next(iter(contracts), None) or next(iter(known.values()), None) or _any_contract(session.empty)
    found = []
    for hash_ in session.texts:
        digits = hash_.removeprefix(HASH_PREFIX)
        text = session.texts.get(digits)
        found.append(known.get(digits) or replace(pattern, digits=digits, text=text))
    return found


def _any_contract(program: hir.Program) -> Contract:
    """The contract that a row with code would have if it were a hole."""
    from compiler.holes.contract import contracts as contracts_of

    for table in program.tables.values():
        for method in table.methods.values():
            for row, body in method.bodies.items():
                if isinstance(body, hir.Block):
                    hole = hir.Hole(table.name, row, method.name, "0" * 64, table.spans[row])
                    return contracts_of(program, (hole,), {})[0]
    return Contract("0" * 64, None, (), ())


# --- afterwards -------------------------------------------------------------------------------------------------------


def stale_fills(session: Session) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """Fills whose words, contract or text are others now, as (digits, rows, reasons)."""
    origins = session.store.origins()
    found: list[tuple[str, tuple[str, ...], list[str]]] = []
    for digits in sorted({*session.workbench.stored, *origins}):
        origin, contract = origins.get(digits), session.all_contracts.get(digits)
        reasons: list[str] = []
        if contract is None:
            reasons.append("no row has this text any more")
        if digits not in session.workbench.stored:
            reasons.append("the fill is gone")
        elif origin is None:
            reasons.append("nothing says where it comes from")
        else:
            effect = session.store.fill(digits).read_text(encoding="utf-8")
            if effect_hash(effect) != origin.effect:
                reasons.append("the effect was changed by hand")
            if origin.vocabulary != session.vocabulary.version:
                reasons.append("the vocabulary has changed")
            if contract is not None and origin.contract != contract.version:
                reasons.append("the contract has changed: the row's facts, or what it may give")
        if reasons:
            rows = origin.rows if origin else tuple(p.key for p in contract.places) if contract else ()
            found.append((digits, rows, reasons))
    return found


def ledger_report(session: Session) -> dict[str, Any]:
    """Figures of all runs: attempts, tokens, cost, time, verdicts, admission by verb, the most frequent findings."""
    book = read_ledger(session.store.ledger)
    last = {str(verdict["hole"]): verdict for verdict in book.verdicts}
    statuses = Counter(str(verdict["status"]) for verdict in last.values())
    findings = Counter(
        (str(finding["check"]), _general(str(finding["message"])))
        for verdict in book.verdicts
        for finding in verdict.get("findings", ())
        if finding["severity"] != "note"
    )
    admitted = max(1, statuses["admitted"])
    return {
        "holes": len(last),
        "statuses": dict(sorted(statuses.items())),
        "requests": book.sent,
        "replies": book.answered,
        "lost": book.lost,
        "attempts": sum(int(verdict.get("attempts", 0)) for verdict in last.values()),
        "tokens": book.usage.to_json(),
        "dollars": round(book.dollars, 6),
        "dollars_reserved_for_lost": round(book.reserved, 6),
        "dollars_per_admitted": round(book.dollars / admitted, 6),
        "seconds": round(sum(reply.seconds for reply in book.replies.values()), 1),
        "tries": sum(reply.tries for reply in book.replies.values()),
        "by_verb": _by_verb(session, last),
        "findings": [{"check": check, "message": text, "times": n} for (check, text), n in findings.most_common(12)],
    }


def _general(message: str) -> str:
    """A finding without its place and its numbers, so that those of one kind count together."""
    import re

    return re.sub(r"\d+", "#", re.sub(r"^\d+:\d+: ", "", message))[:90]


def _by_verb(session: Session, last: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How answers that use a verb fared: the words of each answer decide, also of those that were refused."""
    found: dict[str, dict[str, int]] = {}
    words = {name: name.split("_") for name in sorted(session.vocabulary.verbs)}
    for verdict in last.values():
        effect = str(verdict.get("effect", ""))
        for verb, parts in words.items():
            if all(part in effect.split() for part in parts):
                counts = found.setdefault(verb.replace("_", " "), {})
                counts[str(verdict["status"])] = counts.get(str(verdict["status"]), 0) + 1
    return found


def print_report(found: Mapping[str, Any], console: Console) -> None:
    """The report as tables."""
    from rich.table import Table

    statuses = ", ".join(f"{count} {status}" for status, count in found["statuses"].items()) or "none yet"
    console.print(f"{found['holes']} holes: {statuses}")
    tokens = found["tokens"]
    console.print(
        f"{found['requests']} requests, {found['replies']} replies, {found['lost']} lost; {found['seconds']} seconds of"
        f" waiting; tokens: {tokens['input']:,} in, {tokens['cache_read']:,} from the cache,"
        f" {tokens['cache_write']:,} into it, {tokens['output']:,} out"
    )
    console.print(f"${found['dollars']:.4f} in all, ${found['dollars_per_admitted']:.4f} for each admitted effect")
    if found["by_verb"]:
        table = Table(title="by verb", title_justify="left")
        for column in ("verb", "admitted", "doubtful", "refused"):
            table.add_column(column)
        for verb, counts in found["by_verb"].items():
            table.add_row(verb, *(str(counts.get(status, 0)) for status in ("admitted", "doubtful", "refused")))
        console.print(table)
    for row in found["findings"]:
        console.print(f"{row['times']} × {row['check']}: {row['message']}", markup=False)
