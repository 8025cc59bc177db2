"""A generated JAX engine under test, with the games of a batch side by side."""

from __future__ import annotations

import copy
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compiler.conformance.engine import Draw, Engine, Observed, Setup
from compiler.diagnostics import SpecError
from compiler.files import MANIFEST, source_hashes
from compiler.ir.rows import Given
from compiler.manifest import Spec
from compiler.paths import display_path

CACHE_SWITCH = "SPECC_XLA_CACHE"
"""`off` in the environment: nothing is kept in `.specc-cache/xla`."""
CAPACITY = 64
"""Outcomes of one step that are recorded."""


class Way(StrEnum):
    """How an engine is run. All must show the same."""

    QUICK = "jax"
    """A batch, compiled in little time."""
    TUNED = "jax as it plays"
    """A batch, compiled as for play."""
    VMAP = "jax under vmap"
    SINGLE = "jax, one game"
    EAGER = "jax without jit"


_OPTIONS: Mapping[Way, dict[str, Any]] = {way: {"xla_backend_optimization_level": 0} for way in Way if way != Way.TUNED}


class JaxEngine:
    """A built package as an engine, or one of its environments. It is compiled when it is first used."""

    tapes = True

    def __init__(self, package: ModuleType, lanes: int = 1, way: Way = Way.QUICK, env: Any = None) -> None:
        self.name = str(way)
        self.lanes = 1 if way is Way.SINGLE else lanes
        self._package = package
        self._way = way
        self._env = package.make() if env is None else env
        self._tables = self._env.tables
        self._advance: Callable[..., Any] | None = None
        self._begin = jax.jit(self._env.begin)
        self._state: Any = None
        self._seen: list[Observed] = []

    @classmethod
    def of(cls, spec: Spec, lanes: int) -> JaxEngine:
        """The engine that was built from a specification. Raises SpecError (E0705) where that is not so."""
        folder = spec.root / "generated" / spec.manifest.engine
        _check_built(spec, folder)
        keep_compiled(spec.root / ".specc-cache" / "xla")
        return cls(load_package(folder), lanes)

    def pairs(self) -> Sequence[tuple[Engine, Engine]]:
        """Ways to run it that must show the same."""
        return [(self, JaxEngine(self._package, self.lanes, way)) for way in (Way.TUNED, Way.VMAP, Way.SINGLE)]

    def give(self, given: Given) -> None:
        """Play with other rows in these tables; what is compiled stays where there are as many as before.

        Raises SpecError (E0801) where a row cannot be.
        """
        names = ("key", "title")  # what rows are called is none of an engine's business
        rows = {
            table: [{c: v for c, v in row.items() if c not in names} for row in new] for table, new in given.items()
        }
        try:
            env = self._package.make(rows=rows or None)
        except self._package.TableError as error:
            raise SpecError.single("E0801", None, str(error)) from error
        if jax.tree.map(np.shape, env.tables) != jax.tree.map(np.shape, self._tables):
            self._advance = None
        self._env, self._tables = env, env.tables

    # --- playing ------------------------------------------------------------------------------------------------------

    def reset(self, setups: Sequence[Setup]) -> list[Observed]:
        if len(setups) > self.lanes:
            raise ValueError(f"{len(setups)} games for {self.lanes} lanes")
        keys = np.zeros(self.lanes, np.uint32)
        keys[: len(setups)] = [setup.key & 0xFFFFFFFF for setup in setups]
        state = jax.tree.map(np.array, self._begin(keys))
        self._seen = [_nothing(setup, self._place(state, lane, setup)) for lane, setup in enumerate(setups)]
        self._state = state
        first = [0 if seen.error is None else None for seen in self._seen]
        self._seen = self._play(first, [setup.tape or () for setup in setups])
        return list(self._seen)

    def step(self, actions: Sequence[int | None], draws: Sequence[Sequence[Draw]] | None = None) -> list[Observed]:
        taken: list[int | None] = []
        for lane, (action, seen) in enumerate(zip(actions, self._seen, strict=True)):
            self._seen[lane] = _still(seen, seen.error)
            taken.append(None if seen.error is not None else action)
        found = self._play(taken, draws or [()] * len(actions))
        refused = [
            action is not None and action not in seen.legal for action, seen in zip(taken, self._seen, strict=True)
        ]
        self._seen = [seen if no else after for seen, after, no in zip(self._seen, found, refused, strict=True)]
        return found

    def _place(self, state: Any, lane: int, setup: Setup) -> str | None:
        """Put the given values into a lane; what is wrong with them."""
        known = {field.id: field for field in self._package.host.FIELDS}
        given = {name: list(v) if known[name].owners else v[0] for name, v in setup.params.items()}
        given |= setup.fields or {}
        if not given:
            return None
        try:
            lanes = self._package.positions([given])
        except (ValueError, TypeError) as error:
            return str(error)
        for name, value in lanes.items():
            for here, new in zip(jax.tree.leaves(getattr(state, name)), jax.tree.leaves(value), strict=True):
                here[lane] = np.asarray(new)[0]
        return None

    def _play(self, actions: Sequence[int | None], draws: Sequence[Sequence[Draw]]) -> list[Observed]:
        """Take actions (None leaves a lane alone) with tapes, and look at what comes of it."""
        taken = np.full(self.lanes, -1, np.int32)
        taken[: len(actions)] = [-1 if action is None else _within(action) for action in actions]
        tape = self._tape(draws)
        if self._advance is None:
            self._advance = self._compiled(self._tables, self._state, taken, tape)
        self._state, log, views = self._advance(self._tables, self._state, taken, tape)
        return self._look(actions, *jax.device_get((self._state, log, views)))

    def _look(self, actions: Sequence[int | None], state: Any, log: Any, views: np.ndarray) -> list[Observed]:
        lanes = [lane for lane, action in enumerate(actions) if action is not None]
        if not lanes:
            return list(self._seen)
        host = jax.tree.map(lambda x: x[lanes], state)
        seen_by_all = np.moveaxis(views, -1, 0)[lanes].tolist()
        found = list(self._seen)
        for index, (lane, shown) in enumerate(zip(lanes, self._package.snapshots(host), strict=True)):
            error = self._error(actions[lane], bool(host.illegal[index]), log, lane)
            if error is not None:
                found[lane] = _still(self._seen[lane], error)
                continue
            _share(shown["fields"], found[lane].state.get("fields", {}))
            found[lane] = Observed(
                state=shown,
                legal=tuple(shown["legal"]),
                draws=self._draws(log, lane),
                decider=shown["decider"],
                over=shown["over"],
                rewards=tuple(shown["rewards"]),
                views=tuple(seen_by_all[index]),
            )
        return found

    def _error(self, action: int | None, illegal: bool, log: Any, lane: int) -> str | None:
        if illegal:
            return f"action {action} is not legal"
        if log.wrong[lane]:
            return "an outcome of the tape is not possible, or left over"
        if log.length[lane] > CAPACITY:
            return f"{log.length[lane]} random outcomes in one step; {CAPACITY} are recorded"
        return None

    # --- outcomes -----------------------------------------------------------------------------------------------------

    def _draws(self, log: Any, lane: int) -> tuple[Draw, ...]:
        names = self._env.draw_names
        count = int(log.length[lane])
        return tuple((names[log.kind[i, lane]], int(log.value[i, lane])) for i in range(count))

    def _tape(self, draws: Sequence[Sequence[Draw]]) -> Any:
        kind, value = (np.zeros((CAPACITY, self.lanes), np.int32) for _ in range(2))
        length = np.zeros(self.lanes, np.int32)
        numbers = {name: number for number, name in enumerate(self._env.draw_names)}
        for lane, outcomes in enumerate(draws):
            if len(outcomes) > CAPACITY:
                raise ValueError(f"{len(outcomes)} outcomes; {CAPACITY} is the most in one step")
            length[lane] = len(outcomes)
            for i, (name, outcome) in enumerate(outcomes):
                kind[i, lane], value[i, lane] = numbers.get(name, -1), outcome
        return self._package.DrawLog(kind, value, length, np.zeros(self.lanes, np.bool_))

    # --- compiling ----------------------------------------------------------------------------------------------------

    def _compiled(self, *arguments: Any) -> Callable[..., Any]:
        match self._way:
            case Way.EAGER:
                return self._eager
            case Way.VMAP:
                function: Callable[..., Any] = jax.vmap(self._one_step, in_axes=(None, 0, 0, -1), out_axes=(0, -1, -1))
            case Way.SINGLE:
                function = self._single_step
            case _:
                function = self._one_step
        return jax.jit(function).lower(*arguments).compile(compiler_options=_OPTIONS.get(self._way))

    def _one_step(self, tables: Any, state: Any, action: Any, tape: Any) -> tuple[Any, Any, Any]:
        """One decision, and what all players then observe; a tape that does not fit leaves the game as it was."""
        env = copy.copy(self._env)
        env.tables = tables
        after, log = env.step_logged(state, action, CAPACITY, tape)
        after = jax.tree.map(lambda new, old: jnp.where(log.wrong, old, new), after, state)
        views = jnp.stack([env.observe(after, player) for player in range(env.num_players)])
        return after, log, views

    def _single_step(self, tables: Any, state: Any, action: Any, tape: Any) -> tuple[Any, Any, Any]:
        inner = jax.tree.map(lambda x: x[..., 0], (state, action, tape))
        return jax.tree.map(lambda x: x[..., None], self._one_step(tables, *inner))

    def _eager(self, *arguments: Any) -> tuple[Any, Any, Any]:
        with jax.disable_jit():
            return self._one_step(*jax.tree.map(jnp.asarray, arguments))


def load_package(folder: Path) -> ModuleType:
    """Import a generated package from its folder, whatever its name is elsewhere. Raises SpecError (E0705)."""
    name = f"_specc_engine_{folder.resolve()}".replace(".", "_")
    if name in sys.modules:
        return sys.modules[name]
    where = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if where is None or where.loader is None or not (folder / "__init__.py").is_file():
        message = f"there is no engine in {display_path(folder)}"
        raise SpecError.single("E0705", None, message, suggestion="run `specc build` first")
    package = importlib.util.module_from_spec(where)
    sys.modules[name] = package
    try:
        where.loader.exec_module(package)
    except Exception as error:  # generated code, but maybe by an older specc, or edited
        del sys.modules[name]
        message = f"the engine in {display_path(folder)} cannot be imported: {type(error).__name__}: {error}"
        raise SpecError.single("E0705", None, message, suggestion="run `specc build` again") from error
    return package


def keep_compiled(folder: Path) -> None:
    """Keep what XLA compiles in a folder, unless that is switched off or a folder is set already."""
    if os.environ.get(CACHE_SWITCH, "") == "off" or getattr(jax.config, "jax_compilation_cache_dir", None):
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)


def _check_built(spec: Spec, folder: Path) -> None:
    """Refuse an engine that was built from other rules than these."""
    try:
        recorded = json.loads((folder / MANIFEST).read_bytes())["hashes"]["spec"]
    except (OSError, ValueError, KeyError, TypeError):
        recorded = None
    if recorded is None:
        message = f"there is no engine in {display_path(folder)}"
        raise SpecError.single("E0705", None, message, suggestion="run `specc build` first")
    if recorded != source_hashes(spec.root, spec.files):
        message = f"the engine in {display_path(folder)} was built from another version of the specification"
        raise SpecError.single("E0705", None, message, suggestion="run `specc build` again")


def _share(fields: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Let what has not changed be the same objects, so that episodes are small in memory and between processes."""
    for name, value in fields.items():
        if before.get(name) == value:
            fields[name] = before[name]


def _within(action: int) -> int:
    """An action id as the engine takes it."""
    return action if -(1 << 31) <= action < 1 << 31 else -1


def _nothing(setup: Setup, error: str | None) -> Observed:
    """A game that has not begun."""
    return Observed({"fields": dict(setup.fields or {})}, (), (), -1, False, (), error=error)


def _still(seen: Observed, error: str | None) -> Observed:
    """The same position, where nothing happened."""
    return Observed(seen.state, seen.legal, (), seen.decider, seen.over, seen.rewards, error=error, views=seen.views)
