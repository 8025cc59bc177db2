"""One game from reset to the end: agents decide, people are asked."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.text import Text

from compiler.backends.interp.errors import RulesError
from compiler.backends.interp.game import Interp
from compiler.conformance.names import Names
from compiler.conformance.policies import Eager, Policy, Position, Taste, Uniform
from compiler.conformance.setups import Setups
from compiler.diagnostics import SpecError, did_you_mean
from compiler.explain import explain_row, explain_verb, find_rows, find_verbs, known_names
from compiler.ir import hir
from compiler.play import screen
from compiler.play.record import Recorder
from compiler.play.view import Lexicon, View, offered

AGENTS = ("human", "random", "eager")
LONGEST_GAME = 100_000
"""Decisions after which a game is given up, in case it never ends."""

HELP = """\
Type the number of an action, or the beginning of its name.
  ?NAME    what the row NAME says (also: explain NAME)
  state    show the table again
  log      everything that happened so far
  random   let chance decide
  quit     leave the game"""


@dataclass(frozen=True)
class PlayOptions:
    """How a game is played."""

    players: tuple[str, ...]
    """One of AGENTS for each player."""
    seed: int = 0
    decks: tuple[str, ...] = ()
    """Keys or titles of the rows given at reset."""
    delay: float = 0.0
    """Seconds to wait after the decision of an agent."""
    auto: bool = False
    """One line per decision, and nobody is asked."""


@dataclass
class Played:
    """What happened."""

    players: tuple[str, ...]
    seed: int
    setup: dict[str, list[str]]
    """By the name of a parameter field: the row that each owner was given."""
    actions: list[str] = field(default_factory=list)
    over: bool = False
    rewards: tuple[int, ...] = ()

    @property
    def winner(self) -> int | None:
        """The only player with the highest reward, if there is one."""
        best = [player for player, reward in enumerate(self.rewards) if reward == max(self.rewards)]
        return best[0] if self.over and len(best) == 1 and len(self.rewards) > 1 else None

    def to_json(self) -> dict[str, Any]:
        """The machine-readable form."""
        return {
            "players": list(self.players),
            "seed": self.seed,
            "setup": self.setup,
            "decisions": len(self.actions),
            "actions": self.actions,
            "over": self.over,
            "rewards": list(self.rewards),
            "winner": self.winner,
        }


class Quit(Exception):  # noqa: N818 (no error: somebody leaves the game)
    """A person leaves the game."""


def play(
    program: hir.Program,
    taste: Taste,
    options: PlayOptions,
    console: Console,
    read: Callable[[str], str] | None = None,
    recorder: Recorder | None = None,
) -> Played:
    """Play one game. `read` asks a person: it shows a prompt and returns a line, or raises EOFError. A recorder is
    shown the game as it goes.

    Raises SpecError for decks that do not exist, and where the rules themselves go wrong.
    """
    try:
        return _Session(program, taste, options, console, read or _reader(console), recorder).run()
    except RulesError as error:
        raise SpecError.single("E0812", error.span, f"the game cannot go on: {error.message}") from error


class _Session:
    def __init__(
        self,
        program: hir.Program,
        taste: Taste,
        options: PlayOptions,
        console: Console,
        read: Callable[[str], str],
        recorder: Recorder | None = None,
    ) -> None:
        self.program, self.options, self.console, self.read = program, options, console, read
        self.recorder = recorder
        setup = Setups.of(program, options.seed, options.decks).episode(0)
        interp = Interp(program, teller=recorder.narrator if recorder is not None else None)
        self.lexicon = Lexicon(interp)
        if recorder is not None:
            recorder.attach(self.lexicon)
        self.kinds = Names(program)
        self.rng = random.Random(f"play:{options.seed}")
        self.policies: dict[int, Policy] = {}
        for player, agent in enumerate(options.players):
            if agent != "human":
                self.policies[player] = Eager(taste) if agent == "eager" else Uniform()
        self.people = [player for player in range(program.players) if player not in self.policies]
        self.names = [self._name(player) for player in range(program.players)]
        params = {key: _one(program.fields[key], values) for key, values in setup.params.items()}
        self.game = interp.new_game(params, key=setup.key)
        self.log: list[Text] = []
        self.played = Played(options.players, options.seed, self._setup_names(setup.params))

    def run(self) -> Played:
        try:
            self._run()
        except Quit:
            self.console.print("You have left the game.", style="dim")
        self.played.over = self.game.over
        self.played.rewards = self.game.rewards
        return self.played

    def _run(self) -> None:
        self._note(None, "the game begins")
        if self.recorder is not None:
            self.recorder.start(self.game)
        while not self.game.over and len(self.played.actions) < LONGEST_GAME:
            decider, viewer = self.game.decider, self._viewer()
            asked = decider in self.people
            choice = self._ask(decider) if asked else self._decide(decider)
            said = self._view(viewer).action(choice, decider) if viewer in (None, decider) else None
            self.played.actions.append(self.game.action_name(choice))
            if self.recorder is not None:
                self.recorder.before(self.game, choice)
            self.game.step(choice)
            if self.recorder is not None:
                self.recorder.after(self.game, self._result() if self.game.over else None)
            self._note(decider, said or self._view(viewer).action(choice, decider))
            if not asked and not self.options.auto:
                self._watch()
        self._show(None)
        self.console.print(self._result(), style="bold", highlight=False)

    # --- agents and people ---

    def _decide(self, decider: int) -> int:
        legal = self.game.legal
        position = Position(decider, legal, [self.kinds.kind(action) for action in legal])
        return self.policies[decider].choose(position, self.rng)

    def _ask(self, decider: int) -> int:
        choices = self._view(decider).actions(self.game.legal, decider)
        self._refresh(decider)
        self._menu(choices)
        while True:
            try:
                line = self.read(f"{self.names[decider]}> ").strip()
            except EOFError:
                self.console.print()
                raise Quit from None
            choice = self._understand(line, choices, decider)
            if choice is not None:
                return choice

    def _understand(self, line: str, choices: Mapping[int, str], decider: int) -> int | None:
        """What a person typed: an action, or None after whatever else was asked for."""
        command, _, rest = line.partition(" ")
        match command.casefold():
            case "":
                self._menu(choices)
            case "quit" | "exit" | "q":
                raise Quit
            case "?" | "help" | "h" if not rest:
                self._say(HELP)
            case "explain" | "?" if rest:
                self._explain(rest)
            case "state":
                self._show(decider)
                self._menu(choices)
            case "log":
                for entry in self.log:
                    self.console.print(entry)
            case "random":
                return self.rng.choice(self.game.legal)
            case _ if line.startswith("?"):
                self._explain(line[1:].strip())
            case _ if line.isascii() and line.isdecimal():
                if len(line) < 6 and 1 <= int(line) <= len(choices):
                    return list(choices)[int(line) - 1]
                self._say(f"There is no action {line[:20]}: the numbers go from 1 to {len(choices)}.")
            case _:
                return self._by_name(line, choices)
        return None

    def _by_name(self, line: str, choices: Mapping[int, str]) -> int | None:
        """The action whose words start with those typed, or whose exact name was typed."""
        typed = line.casefold()
        exact = [a for a, text in choices.items() if typed in (text.casefold(), self.game.action_name(a).casefold())]
        found = exact or [action for action, text in choices.items() if _fits(typed, text.casefold())]
        if len(found) == 1:
            return found[0]
        if found:
            self._say(f"'{line}' could be: {', '.join(choices[action] for action in found[:8])}")
        else:
            near = did_you_mean(line, choices.values())
            self._say(f"No action starts like '{line}'{f': {near}' if near else '. Type ? for help.'}")
        return None

    def _explain(self, name: str) -> None:
        rows, verbs = find_rows(self.program, name), find_verbs(self.program, name)
        if not rows and not verbs:
            near = did_you_mean(name, known_names(self.program))
            self._say(f"Nothing is called '{name}'{f': {near}' if near else '.'}")
        for table, row in rows:
            self._say(explain_row(self.program, table, row).text)
        for verb in verbs:
            self._say(explain_verb(self.program, verb))

    # --- the screen ---

    def _viewer(self) -> int | None:
        """Whose eyes the log has: everybody's (None) where no people play, nobody's (-1) where several do."""
        return (self.people[0] if len(self.people) == 1 else -1) if self.people else None

    def _view(self, viewer: int | None) -> View:
        """The state as a viewer sees it, and what the viewer is asked about."""
        decider = self.game.decider
        shown = offered(self.program, self.game.legal, decider) if viewer == decider else ()
        return View(self.lexicon, self.game.state, viewer, shown)

    def _show(self, viewer: int | None) -> None:
        self.console.print(screen.state_of_play(self._view(viewer), self.names, self.game.decider))

    def _refresh(self, viewer: int | None) -> None:
        """A fresh screen: what happened last, and the table."""
        screen.clear(self.console)
        for entry in self.log[-6:]:
            self.console.print(entry)
        self._show(viewer)

    def _watch(self) -> None:
        if not self.people:
            self._refresh(None)
        time.sleep(self.options.delay)

    def _menu(self, choices: Mapping[int, str]) -> None:
        self.console.print(screen.menu(choices, self.console.width))

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False)

    def _note(self, decider: int | None, action: str) -> None:
        """Add a decision and the luck that it met to the log."""
        view = self._view(self._viewer())
        draws = [view.draw(kind, value) for kind, value in self.game.draws]
        name = "start" if decider is None else self.names[decider]
        self.log.append(screen.move_line(decider, name, action, draws))
        if self.options.auto:
            self.console.print(self.log[-1])

    def _name(self, player: int) -> str:
        agent = self.options.players[player]
        return f"player {player}" if agent == "human" else f"player {player} ({agent})"

    def _result(self) -> str:
        if not self.game.over:
            return f"No end after {LONGEST_GAME} decisions: the game is given up."
        rewards = ", ".join(map(str, self.game.rewards))
        if len(self.game.rewards) == 1:
            return f"The game is over. Reward: {rewards}."
        self.played.over, self.played.rewards = True, self.game.rewards
        winner = self.played.winner
        outcome = "Nobody wins" if winner is None else f"{self.names[winner].capitalize()} wins"
        return f"{outcome} after {len(self.played.actions)} decisions. Rewards: {rewards}."

    def _setup_names(self, params: Mapping[str, Sequence[int]]) -> dict[str, list[str]]:
        view = View(self.lexicon, self.game.state, None)
        fields = {key: self.program.fields[key] for key in params}
        return {key: [view.value(fields[key].type, value) for value in values] for key, values in params.items()}


def _reader(console: Console) -> Callable[[str], str]:
    """Reads lines typed at a prompt that stands where the console writes."""
    if console.file is sys.stdout:
        return input  # which knows how to edit a line behind a prompt

    def read(prompt: str) -> str:
        console.print(prompt, end="", markup=False)
        return input()

    return read


def _one(field_: hir.Field, values: Sequence[int]) -> Any:
    """The form in which the interpreter takes a parameter: a global one is its only value."""
    return values[0] if field_.owner is None else list(values)


def _fits(typed: str, text: str) -> bool:
    """Whether each word typed starts the next word of a text, none left out at the front."""
    pairs = zip(typed.split(), text.split(), strict=False)
    return len(typed.split()) <= len(text.split()) and all(word.startswith(start) for start, word in pairs)
