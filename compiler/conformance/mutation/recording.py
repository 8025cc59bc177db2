"""Games of the rules as they are, written down so that mutants can be sent through the pieces that concern them.

A reference that followed these games agreed with every position. Since it does the same whenever it is asked the same,
a mutant that is given the same actions and outcomes disagrees with it where it disagrees with what was written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from compiler.backends.interp import Game, RulesError, Tape, TapeError, snapshot
from compiler.conformance.coverage import Ledger
from compiler.conformance.engine import Draw, Observed, Setup
from compiler.conformance.lockstep import Episode, Step, follow
from compiler.conformance.policies import Position
from compiler.conformance.runner import Runner
from compiler.conformance.schedule import ENOUGH, PLAIN, Round, needs, plan_round
from compiler.conformance.setups import episode_rng
from compiler.ir.rows import rows_of
from compiler.mutate.mutant import Place

LONGEST = 400
"""Decisions of a recorded game."""
AFTERWARDS = 30
"""Decisions after a place ran in which its consequences may show."""
WINDOWS = 24
"""Pieces of games in which a place runs."""
STRIDE = 64
"""Episodes after which it is looked at what is still missing."""


@dataclass(frozen=True)
class Window:
    """A piece of a recorded game: where it starts, what was done, and what was seen."""

    params: Mapping[str, Any]
    fields: Mapping[str, Any] | None
    """None: it starts at reset."""
    key: int
    start: Observed
    start_draws: tuple[Draw, ...]
    steps: tuple[Step, ...]


@dataclass
class Recording:
    """The windows of each place, and how much was played for them."""

    windows: dict[Place, list[Window]] = field(default_factory=dict)
    every: list[Window] = field(default_factory=list)
    """One of each game, for what no place tells."""
    episodes: int = 0
    decisions: int = 0
    disagreed: int = 0
    """Episodes that were left out, since a reference or the rules themselves went wrong in them."""

    def of(self, within: Sequence[Place]) -> list[Window]:
        """The windows for a mistake in these places, the innermost of which counts."""
        return self.windows.get(within[0], []) if within else self.every


def record(
    runner: Runner, places: Iterable[Place], most: int, advance: Callable[[int], None] = lambda _: None
) -> Recording:
    """Play until there are windows for all places, but no more than `most` episodes."""
    wanted = set(places)
    made = Recording()
    ledger = Ledger()
    runner.begin(_first_round(runner, wanted))
    for number in range(most):
        if number % STRIDE == 0 and number:
            if all(len(made.windows.get(place, ())) >= WINDOWS for place in wanted):
                break
            need = needs(runner.places.row_times(ledger))
            runner.round = replace(runner.round, need=need if runner.round.need else {})
        _episode(runner, number, wanted, made, ledger)
        advance(1)
    return made


def _first_round(runner: Runner, wanted: set[Place]) -> Round:
    """All of the rules' own rows, which scenarios need, and rows made around those whose own code is looked for."""
    if not runner.given_tables:
        return PLAIN
    own = {table: rows_of(runner.job.program, table) for table in runner.given_tables}
    rows = {str(place[3]).partition("/")[0] for place in wanted if place[0] == "method"}
    times = runner.places.row_times(Ledger())
    wanted_rows = {key: 0 if key in rows else ENOUGH for key in times}
    return plan_round(0, runner.job.seed, runner.adapter, own, wanted_rows, kept=max(map(len, own.values())))


def _episode(runner: Runner, number: int, wanted: set[Place], made: Recording, ledger: Ledger) -> None:
    episode, reached = _played(runner, number)
    agreed = episode.ending != "error" and all(
        follow(runner.follower(name), episode) is None for name in runner.follower_names
    )
    runner.interp.drain()
    made.episodes += 1
    made.decisions += len(episode.steps)
    if not agreed:
        made.disagreed += 1
        return
    for counts in reached:
        ledger.add(counts, ())
    found: dict[int, Window | None] = {}
    for index, counts in enumerate(reached):
        for place in counts.keys() & wanted:
            windows = made.windows.setdefault(place, [])
            if len(windows) < WINDOWS and place not in found:
                window = found[index] if index in found else _window(runner, episode, index)
                found[index] = window
                if window is not None and (not windows or windows[-1].start is not window.start):
                    windows.append(window)
    if (window := next((w for w in found.values() if w is not None), None)) is not None and len(made.every) < 120:
        made.every.append(window)


def _played(runner: Runner, number: int) -> tuple[Episode, list[dict[Place, int]]]:
    """A game, and the places that ran up to the first decision and in each step."""
    plan = runner.plan(number)
    rng = episode_rng(runner.job.seed, number, "policy")
    engine, names = runner.interp, runner.names
    seen = start = engine.reset([plan.setup])[0]
    reached = [engine.drain()]
    steps: list[Step] = []
    while seen.legal and seen.error is None and len(steps) < LONGEST:
        kinds = [names.kind(action) for action in seen.legal]
        action = plan.policy.choose(Position(seen.decider, seen.legal, kinds), rng)
        seen = _sharing(engine.step([action])[0], seen)
        steps.append(Step(action, seen))
        reached.append(engine.drain())
    ending = "error" if seen.error else "over" if seen.over else "cut"
    return Episode(number, plan.policy_name, plan.setup, start, tuple(steps), ending), reached


def _sharing(seen: Observed, before: Observed) -> Observed:
    """What was seen, with the objects of before where nothing changed: recordings are large."""
    fields = seen.state["fields"]
    for name, value in before.fields.items():
        if fields.get(name) == value:
            fields[name] = value
    return seen


def _window(runner: Runner, episode: Episode, index: int) -> Window | None:
    """The piece around the step of an index, from the last position before it that a game can start from."""
    last = min(len(episode.steps), index + AFTERWARDS)
    for first in range(max(index - 1, 0), 0, -1):
        seen = episode.before(first)
        window = Window(
            native(episode.setup), seen.fields, episode.setup.key, seen, (), tuple(episode.steps[first:last])
        )  # fmt: skip
        if index - first > AFTERWARDS:
            break
        if _leads_there(runner, window):
            return window
    setup = episode.setup
    whole = Window(native(setup), setup.fields, setup.key, episode.start, episode.start.draws, episode.steps[:last])
    return whole if _leads_there(runner, whole) else None


def _leads_there(runner: Runner, window: Window) -> bool:
    """Whether the rules, started there, go the way that was recorded."""
    try:
        game = begun(runner, window)
        if not same(runner, game, window.start):
            return False
        for step in window.steps:
            if not game.step(step.action, step.seen.draws) or not same(runner, game, step.seen):
                return False
    except (RulesError, TapeError, ValueError):
        return False
    finally:
        runner.interp.drain()
    return True


def begun(runner: Runner, window: Window) -> Game:
    """A game at the start of a window; its outcomes are given."""
    return runner.interp.interp.new_game(window.params, window.key, Tape(window.start_draws), window.fields)


def same(runner: Runner, game: Game, seen: Observed) -> bool:
    """Whether a game shows what was seen, to the last field."""
    alike = game.legal == seen.legal and game.decider == seen.decider and game.over == seen.over
    return alike and game.rewards == seen.rewards and runner.interp.interp.fields(game.state) == seen.fields


def shown(game: Game) -> dict[str, Any]:
    """The snapshot of a game."""
    return snapshot(game)


def native(setup: Setup) -> dict[str, Any]:
    """Params as the interpreter takes them: a global one is its only value."""
    return {name: list(values) if "." in name else values[0] for name, values in setup.params.items()}
