"""Filling holes: ask, admit, ask again with the diagnostics, compare independent answers, store; within a budget."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from compiler.holes.admission import Case, Effort, Finding, Judgement, Severity, Verdict, admit, verdict_of
from compiler.holes.agreement import compare_answers
from compiler.holes.contract import Contract
from compiler.holes.ledger import Ledger
from compiler.holes.prices import ModelPrice, Usage, estimate_tokens
from compiler.holes.prompt import FINDINGS, Previous, Prompt, Prompter
from compiler.holes.providers import Provider, Reply, Request
from compiler.holes.similar import Fill, Similar
from compiler.holes.store import Doubtful, Origin, Store, effect_hash
from compiler.holes.vocabulary import Vocabulary
from compiler.holes.workbench import Workbench

TYPICAL_OUTPUT = 350
"""Tokens of an answer, for estimates: an effect of a few lines, two scenarios and the JSON around them."""


@dataclass(frozen=True)
class Plan:
    """How holes are filled."""

    model: str
    price: ModelPrice | None
    """None where asking costs nothing."""
    answers: int = 1
    attempts: int = 3
    concurrency: int = 4
    max_tokens: int = 4_000
    most_tokens: int | None = None
    most_dollars: float | None = None
    """Of the whole ledger, what earlier runs have spent included."""
    effort: Effort = field(default_factory=Effort)
    round: int = 0
    """Raised to ask again what has been answered."""


@dataclass(frozen=True)
class Outcome:
    """What became of a hole. `reason` says why it is still open."""

    contract: Contract
    judgement: Judgement | None
    effect: str = ""
    reason: str = ""
    attempts: int = 0
    evidence: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """admitted, doubtful, refused or open."""
        return str(self.judgement.verdict) if self.judgement is not None else "open"


@dataclass
class Candidate:
    """The best answer to one of the independent questions."""

    case: Case
    judgement: Judgement
    request: Request


class _BudgetError(Exception):
    """Nothing may be spent any more."""


class Filler:
    """Fills the holes of one specification."""

    def __init__(
        self,
        workbench: Workbench,
        words: Vocabulary,
        prompter: Prompter,
        fills: Sequence[Fill],
        provider: Provider,
        store: Store,
        ledger: Ledger,
        plan: Plan,
    ) -> None:
        self.workbench = workbench
        self.words = words
        self.prompter = prompter
        self.similar = Similar(fills)
        self.provider = provider
        self.store = store
        self.ledger = ledger
        self.plan = plan
        self._reserved = 0.0
        self._reserved_tokens = 0
        self._examining = asyncio.Lock()

    async def fill(self, contracts: Iterable[Contract], done: Callable[[Outcome], None]) -> list[Outcome]:
        """Fill holes, several at a time, the first alone so that its prompt's shared part gets into the cache.

        Raises ProviderError where no request can be answered; what was answered until then is in the ledger.
        """
        places = asyncio.Semaphore(self.plan.concurrency)

        async def one(contract: Contract) -> Outcome:
            async with places:
                outcome = await self._fill(contract)
                done(outcome)
                return outcome

        waiting = list(contracts)
        outcomes = [await one(contract) for contract in waiting[:1]]
        tasks = [asyncio.create_task(one(contract)) for contract in waiting[1:]]
        try:
            outcomes += await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        return outcomes

    async def _fill(self, contract: Contract) -> Outcome:
        if contract.text is None:
            return Outcome(contract, None, reason="its text is in no store")
        candidates: list[Candidate] = []
        last: Outcome = Outcome(contract, None, reason="nothing was asked")
        attempts = 0
        for number in range(self.plan.answers):
            candidate, last = await self._answer(contract, number)
            attempts += last.attempts
            if candidate is not None:
                candidates.append(candidate)
        if not candidates:
            self._judged(last, None)
            return last
        async with self._examining:
            outcome = await asyncio.to_thread(self._settle, contract, candidates, attempts)
        self._judged(outcome, candidates[0].request)
        return outcome

    async def _answer(self, contract: Contract, number: int) -> tuple[Candidate | None, Outcome]:
        """Ask one of the independent questions, until an answer is admitted or attempts are used up."""
        best: Candidate | None = None
        previous: Previous | None = None
        last = Outcome(contract, None, reason="nothing was asked")
        for attempt in range(self.plan.attempts):
            request = self._request(contract, number, attempt, previous)
            try:
                reply = await self._reply(request)
            except _BudgetError:
                return best, Outcome(contract, last.judgement, last.effect, "the budget is used up", attempt)
            if reply.answer is None:
                last = Outcome(contract, last.judgement, last.effect, reply.problem, attempt + 1)
                if reply.tries == 0 or reply.problem.startswith("unreachable"):
                    break
                continue
            case = self._case(contract, reply)
            async with self._examining:
                judgement = await asyncio.to_thread(admit, case)
            last = Outcome(contract, judgement, reply.answer.effect, "", attempt + 1)
            if judgement.verdict is not Verdict.REFUSED:
                repeats = best is not None and best.case.answer.effect.split() == reply.answer.effect.split()
                if best is None or judgement.verdict is Verdict.ADMITTED:
                    best = Candidate(case, judgement, request)
                if judgement.verdict is Verdict.ADMITTED or repeats or attempt > 0:
                    break
            told = [finding for finding in judgement.findings if finding.severity is not Severity.NOTE]
            shown = tuple(str(finding) for finding in told[:FINDINGS])
            previous = Previous(reply.answer.effect[:2000], shown, max(0, len(told) - FINDINGS))
        return best, last

    def _request(self, contract: Contract, number: int, attempt: int, previous: Previous | None) -> Request:
        near = self.similar.nearest(contract.text or "", contract.digits)
        prompt = self.prompter.prompt(contract, near, previous)
        asks_for = f"{contract.version}:{self.words.version}:{self.plan.round}"
        return Request(
            contract.digits,
            number,
            attempt,
            prompt,
            self.provider.name,
            self.plan.model,
            asks_for,
            self.plan.max_tokens,
        )

    async def _reply(self, request: Request) -> Reply:
        """The reply to a request: from the ledger where it is on record, so that nothing is paid for twice."""
        known = self.ledger.book.replies.get(request.id)
        if known is not None and (known.answer is not None or not known.problem.startswith("unreachable")):
            return known
        if not self.provider.is_paid:
            return await self.provider.ask(request)
        estimate = worst_usage(request.prompt, request.max_tokens)
        dollars = self.plan.price.cost(estimate) if self.plan.price is not None else 0.0
        self._reserve(dollars, estimate.total)
        try:
            self.ledger.asked(request, estimate, dollars)
            reply = await self.provider.ask(request)
            self.ledger.replied(request, reply, self.plan.price.cost(reply.usage) if self.plan.price else 0.0)
        finally:
            self._reserved -= dollars
            self._reserved_tokens -= estimate.total
        return reply

    def _reserve(self, dollars: float, tokens: int) -> None:
        """Set aside what a request costs at most. Raises _BudgetError where that is more than is left."""
        book, plan = self.ledger.book, self.plan
        spent = book.dollars + book.reserved + self._reserved
        if plan.most_dollars is not None and spent + dollars > plan.most_dollars:
            raise _BudgetError
        if plan.most_tokens is not None and book.usage.total + self._reserved_tokens + tokens > plan.most_tokens:
            raise _BudgetError
        self._reserved += dollars
        self._reserved_tokens += tokens

    def _case(self, contract: Contract, reply: Reply) -> Case:
        assert reply.answer is not None
        return Case.of(contract, reply.answer, self.workbench, self.words, self.plan.effort)

    def _settle(self, contract: Contract, candidates: list[Candidate], attempts: int) -> Outcome:
        """Compare what the independent questions gave; store or queue the answer of most."""
        chosen, findings, evidence = candidates[0], [], ()
        if len(candidates) > 1:
            agreement = compare_answers([candidate.case for candidate in candidates])
            chosen = min((candidates[i] for i in agreement.groups[0]), key=lambda c: c.judgement.verdict.value)
            chosen.case.measured["agreement"] = agreement.states
            if not agreement.unanimous:
                sizes = " to ".join(str(len(group)) for group in agreement.groups)
                message = f"independent answers differ, {sizes}: {agreement.evidence[0] if agreement.evidence else ''}"
                findings.append(Finding("agreement", Severity.DOUBT, message))
                evidence = agreement.evidence
        if len(candidates) < self.plan.answers:
            message = f"of {self.plan.answers} independent answers {len(candidates)} passed"
            findings.append(Finding("agreement", Severity.DOUBT, message))
        everything = (*chosen.judgement.findings, *findings)
        passed = (*chosen.judgement.passed, *(() if findings or self.plan.answers == 1 else ("agreement",)))
        judgement = Judgement(verdict_of(everything), everything, passed, dict(chosen.case.measured))
        answer = chosen.case.answer
        origin = self._origin(contract, chosen, judgement)
        if judgement.verdict is Verdict.ADMITTED:
            self.store.admit(contract, answer.effect, origin)
        else:
            told = tuple(finding.to_json() for finding in judgement.findings)
            self.store.queue(Doubtful(contract.digits, answer, told, evidence, origin))
        return Outcome(contract, judgement, answer.effect, "", attempts, evidence)

    def _origin(self, contract: Contract, chosen: Candidate, judgement: Judgement) -> Origin:
        return Origin(
            rows=tuple(place.key for place in contract.places),
            provider=self.provider.name,
            model=self.plan.model,
            prompt=chosen.request.prompt.hash[:16],
            vocabulary=self.words.version,
            contract=contract.version,
            effect=effect_hash(chosen.case.answer.effect),
            date=datetime.datetime.now(datetime.UTC).date().isoformat(),
            verdict=str(judgement.verdict),
            tried=judgement.measured,
            note=" ".join(chosen.case.answer.note.split())[:300],
        )

    def _judged(self, outcome: Outcome, request: Request | None) -> None:
        entry = {
            "hole": outcome.contract.digits,
            "rows": [place.key for place in outcome.contract.places],
            "status": outcome.status,
            "reason": outcome.reason,
            "attempts": outcome.attempts,
            "effect": outcome.effect,
            "provider": self.provider.name,
            "model": self.plan.model,
            "request": request.id if request is not None else "",
            **(outcome.judgement.to_json() if outcome.judgement is not None else {}),
        }
        if entry not in self.ledger.book.verdicts:
            self.ledger.judged(entry)


def worst_usage(prompt: Prompt, max_tokens: int) -> Usage:
    """At most what a request costs: nothing of it in the cache yet, and the longest answer."""
    return Usage(
        input=estimate_tokens(prompt.own), output=max_tokens, cache_write=sum(map(estimate_tokens, prompt.shared))
    )


def typical_usage(prompt: Prompt, *, is_first: bool) -> Usage:
    """What a request usually costs: the shared part is read from the cache, but for the first."""
    shared = sum(map(estimate_tokens, prompt.shared))
    return Usage(
        estimate_tokens(prompt.own),
        TYPICAL_OUTPUT,
        cache_write=shared if is_first else 0,
        cache_read=0 if is_first else shared,
    )
