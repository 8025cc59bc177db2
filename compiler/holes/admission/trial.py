"""Running an answer in thousands of positions that play leads to, on the interpreter."""

from __future__ import annotations

import random
from collections.abc import Iterator

from compiler.backends.interp import Game, Interp, RulesError, snapshot
from compiler.conformance.determinize import determinize
from compiler.conformance.state_checks import state_problem
from compiler.equivalence import Bench, Effect, Explorer, compare_programs, spread
from compiler.equivalence.compare import executed
from compiler.equivalence.explore import MOST_STEPS, resumes, start
from compiler.holes.admission.case import Case
from compiler.holes.admission.verdict import Finding, Severity

LOOKED_AT = 8
"""Every so many decisions the whole state is checked."""

_FAULT = "a fault of the rules"
"""Such as a run of known places that grows too long: possible in principle where effects are met this often."""

MOST_SATURATED = 0.02
"""The share of decisions after which values may have been out of bounds, above which a person looks."""


def check(case: Case) -> Iterator[Finding]:
    """Refuses what breaks the rules: errors, faults, values out of bounds, instances that vanish or double, choices
    that give away what is hidden. Doubts what never runs, never changes anything, or has branches that are never taken.
    """
    for bench in case.benches():
        trial = _Trial(case, bench)
        problem = trial.run()
        case.measured["games"] = case.measured.get("games", 0) + trial.games
        case.measured["states"] = case.measured.get("states", 0) + trial.states
        case.measured["executions"] = case.measured.get("executions", 0) + trial.executions
        if problem is not None:
            yield problem if problem.severity is Severity.REFUSE else _in_the_game(case, bench, problem)
            if problem.severity is Severity.REFUSE:
                return
        yield from trial.remarks()


def _in_the_game(case: Case, bench: Bench, problem: Finding) -> Finding:
    """A fault counts fully where games in which only the row itself has the effect come to one, too."""
    alone = _Trial(case, spread(case.checked, bench.effect, case.effort.seed, alone=True))
    found = alone.run()
    if found is not None:
        return Finding("trial", Severity.REFUSE, found.message)
    message = f"where every row has the effect, not in {alone.states} positions of the game: {problem.message}"
    return Finding("trial", Severity.NOTE, message)


class _Trial:
    """The games of one bench."""

    def __init__(self, case: Case, bench: Bench) -> None:
        self.case = case
        self.bench = bench
        self.interp = Interp(bench.program, coverage=True)
        self.explorer = Explorer(bench, case.workbench.taste, case.effort.seed)
        self.games = self.states = self.executions = self.saturated = 0

    def run(self) -> Finding | None:
        """Play until the effect ran often enough; what is wrong ends it."""
        effort = self.case.effort
        assert self.interp.coverage is not None
        while self.states < effort.states and self.executions < effort.executions:
            problem = self._play(self.games)
            self.games += 1
            if problem is not None:
                severity = Severity.DOUBT if problem.startswith(_FAULT) else Severity.REFUSE
                return Finding("trial", severity, problem)
            self.executions = executed(self.interp.coverage, self.bench)
        return None

    def _play(self, number: int) -> str | None:
        rng = random.Random(f"trial:{self.case.effort.seed}:{number}")
        stray = self.explorer.stray(number)
        action = -1
        try:
            game = start(self.interp, self.explorer.fresh(number))
            for step in range(MOST_STEPS):
                self.states += 1
                if game.over:
                    break
                if not game.legal:
                    return "the game is not over, and nobody can do anything"
                if step % LOOKED_AT == number % LOOKED_AT:
                    problem = self._state_problem(game, rng)
                    if problem is not None:
                        return problem
                action = self.explorer.choose(game.legal, rng, stray)
                game.step(action)
            else:
                game.events.clear()
        except RulesError as error:
            name = self.interp.action_names[action] if action >= 0 else "the start"
            return f"after {name}, the rules break off: {error}"
        faults = [event for event in game.events if event.kind == "fault"]
        self.saturated += sum(event.kind == "saturated" for event in game.events)
        return f"{_FAULT}: {faults[0]}" if faults else None

    def _state_problem(self, game: Game, rng: random.Random) -> str | None:
        """What is wrong with a position, or can be told from it that should not."""
        program, fields = self.bench.program, snapshot(game)["fields"]
        problem = state_problem(program, fields)
        if problem is not None:
            return problem
        if rng.random() < 0.25 and resumes(game, fields):
            world = determinize(program, fields, game.decider, rng)
            try:
                other = self.interp.new_game({}, 0, None, world)
            except (RulesError, ValueError):
                return None
            if other.decider == game.decider and not other.draws and other.legal != game.legal:
                changed = sorted(set(other.legal) ^ set(game.legal))
                named = ", ".join(self.interp.action_names[action] for action in changed[:4])
                return f"what player {game.decider} may do tells what is hidden: {named}"
        return None

    def remarks(self) -> Iterator[Finding]:
        """What games without a problem show."""
        if not self.executions:
            yield Finding("trial", Severity.DOUBT, f"it never ran in {self.games} games")
            return
        nothing = spread(self.case.checked, self._nothing(), self.case.effort.seed)
        same = compare_programs(
            nothing, self.bench, self.case.workbench.taste, executions=200, states=self.case.effort.states // 4
        )
        if same.equal:
            yield Finding("trial", Severity.DOUBT, f"it changes nothing in {same.states} positions")
        for place in self._missed():
            yield Finding("trial", Severity.NOTE, f"{place} never happened in {self.executions} runs")
        if self.saturated > MOST_SATURATED * self.states:
            yield Finding("trial", Severity.NOTE, f"values were out of bounds {self.saturated} times")

    def _nothing(self) -> Effect:
        """The same row doing nothing: its procedures are empty, and its other methods as in rows without them."""
        effect = self.bench.effect
        return Effect(effect.table, effect.row, {})

    def _missed(self) -> list[str]:
        """The branches of the answer that were never taken."""
        assert self.interp.coverage is not None
        return [
            f"'{key[2]}' at {str(key[1]).partition(':')[2]}"
            for key in self.interp.coverage.missed
            if key[0] == "if" and str(key[1]).startswith("answer.rules:")
        ]
