"""The manifest of a game, `specs/<game>.yaml`: what its rules are made of and what they are checked against.

`Manifest` is the file as written. `load_spec` validates it, finds the files it names, and returns both as a `Spec`;
whatever is wrong is reported with its place in the file.
"""

import glob
import importlib
import keyword
import re
import shlex
import sys
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveInt

from compiler.diagnostics import Diagnostics, SpecError, read_source
from compiler.paths import project_root
from compiler.source import SourceFile, Span
from compiler.yaml_model import Section, validate
from compiler.yaml_tree import YamlTree, parse_yaml

_RESERVED_PACKAGES = sys.stdlib_module_names | {"compiler", "generated", "jax", "jaxlib", "numpy", "specs", "tests"}


@dataclass(frozen=True)
class PythonTarget:
    """`python:MODULE:FACTORY`; the module is found from the project's root folder."""

    module: str
    factory: str


@dataclass(frozen=True)
class CommandTarget:
    """`cmd:…`, a program that speaks JSON lines."""

    argv: tuple[str, ...]


Target = PythonTarget | CommandTarget


def _game_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        raise ValueError("must be lower-case letters, digits, '-' and '_', starting with a letter")
    return name


def _package_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ValueError("must be a Python package name: lower-case letters, digits and '_', starting with a letter")
    if name in _RESERVED_PACKAGES:
        raise ValueError(f"'{name}' would hide the Python package of that name")
    return name


def _constant(value: object) -> object:
    if not isinstance(value, bool | int | str):
        raise ValueError("must be an integer, a string, true or false")
    return value


def _not_empty(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("must not be empty")
    return values


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _python_target(value: object) -> PythonTarget:
    target = parse_target(value)
    if not isinstance(target, PythonTarget):
        raise ValueError("must be 'python:MODULE:FACTORY'")
    return target


def _command_target(value: object) -> CommandTarget:
    target = parse_target(value)
    if not isinstance(target, CommandTarget):
        raise ValueError("must be 'cmd:COMMAND LINE'")
    return target


def parse_target(value: object) -> Target:
    """A target as written in a manifest. Raises ValueError for anything else."""
    kind, _, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    if kind == "python":
        module, _, factory = rest.partition(":")
        if not factory.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
            raise ValueError("must be 'python:MODULE:FACTORY', as in 'python:tests.references.chess:make'")
        return PythonTarget(module, factory)
    if kind == "cmd":
        try:
            argv = tuple(shlex.split(rest))
        except ValueError as error:
            raise ValueError(f"is not a command line: {error}") from error
        if argv:
            return CommandTarget(argv)
    raise ValueError("must be 'python:MODULE:FACTORY' or 'cmd:COMMAND LINE'")


class Budget(Section):
    """What filling the holes of a specification may cost."""

    tokens: PositiveInt | None = None
    dollars: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """How often a hole is asked about, the answers that come back with diagnostics included."""


class Filling(Section):
    """Who is asked what the texts of holes mean, and what the answers are held against."""

    provider: Literal["recorded", "anthropic", "command"] = "recorded"
    model: Annotated[str, Field(min_length=1)] | None = None
    base_url: Annotated[str, Field(min_length=1)] | None = None
    command: Annotated[CommandTarget, BeforeValidator(_command_target)] | None = None
    """`cmd:…`: reads a request from standard input, and writes an answer."""
    answers: Annotated[int, Field(ge=1, le=9)] = 1
    """How many independent answers must agree."""
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    requests_per_minute: PositiveInt | None = None
    texts: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Files of texts that may be published, relative to the manifest: YAML, any name to a text."""
    vocabulary: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Patterns of the rules files whose functions and verbs effects may use; all of them where none is given."""
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """How the texts say what the rules call otherwise: a name of the rules to what stands for it."""
    unsaid: tuple[str, ...] = ()
    """Names that texts need not say, such as those that the rules of the game imply."""
    writes: tuple[str, ...] = ()
    """Fields and zones that effects may change without a verb, beside those that rows of the rules change so."""


class Verification(Section):
    """Defaults of `specc verify`."""

    episodes: PositiveInt | None = None
    policies: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    eager: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Action names by falling preference, for players that act whenever they can."""
    last: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Actions that such players take only where nothing else is left."""
    score: Annotated[str, Field(min_length=1)] | None = None
    """A field per player that grows as the player comes closer to winning, for players that look ahead."""
    count: dict[str, Annotated[str, Field(pattern=r"^(action|verb|field) .+$")]] = Field(default_factory=dict)
    """What is counted per episode and policy, by name: `action NAME`, `verb WORDS` or `field NAME` (of players)."""


class Benchmarks(Section):
    """What `specc bench` measures beside the engine."""

    baselines: tuple[Annotated[PythonTarget, BeforeValidator(_python_target)], ...] = ()


_Way = Literal["prefer", "majority", "ask"]


class SourcePolicy(Section):
    """Who is believed where web sources disagree."""

    default: _Way = "prefer"
    order: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Sources by falling trust."""
    fields: dict[str, _Way] = Field(default_factory=dict)
    """Ways for single fields of a record."""
    answers: dict[str, int | str | bool] = Field(default_factory=dict)
    """What was settled by hand: `KEY.FIELD` and the value."""


_PythonTarget = Annotated[PythonTarget, BeforeValidator(_python_target)]


class Sources(Section):
    """Where the rows and the rules come from: adapters of web sites, and how records become rows."""

    sites: dict[Annotated[str, AfterValidator(_game_name)], _PythonTarget] = Field(default_factory=dict)
    rules: dict[Annotated[str, AfterValidator(_game_name)], _PythonTarget] = Field(default_factory=dict)
    """Sites of rules pages."""
    rows: _PythonTarget | None = None
    sets: dict[str, dict[str, str]] = Field(default_factory=dict)
    """The sets that may be asked for, and the variables that sites need for each."""
    policy: SourcePolicy = SourcePolicy()
    contact: Annotated[str, Field(min_length=1)] | None = None
    """Where a site's operator can reach whoever scrapes."""


class Manifest(Section):
    """A manifest as written; `Spec` has the files it names."""

    name: Annotated[str, AfterValidator(_game_name)]
    engine: Annotated[str, AfterValidator(_package_name)]
    title: Annotated[str, Field(min_length=1)]
    rules: Annotated[tuple[str, ...], AfterValidator(_not_empty)]
    """Patterns of `.rules` files, relative to the manifest."""
    constants: dict[str, Annotated[int | str | bool, BeforeValidator(_constant)]] = Field(default_factory=dict)
    """Values that replace those of the specification's constants."""
    players: Annotated[int, Field(ge=1, le=8)] | None = None
    decks: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    """Deck files, and folders of nothing else, relative to the manifest."""
    references: dict[Annotated[str, AfterValidator(_game_name)], Annotated[Target, BeforeValidator(parse_target)]] = (
        Field(default_factory=dict)
    )
    adapter: Annotated[PythonTarget, BeforeValidator(_python_target)] | None = None
    view: Annotated[str, Field(min_length=1)] | None = None
    """How pictures of the game are drawn: a YAML file, relative to the manifest."""
    fills: str | None = None
    """The store of admitted fills, relative to the manifest; it need not exist yet."""
    fill: Filling = Filling()
    budget: Budget = Budget()
    verify: Verification = Verification()
    bench: Benchmarks = Benchmarks()
    sources: Sources = Sources()


@dataclass(frozen=True)
class Spec:
    """A valid manifest with the files it names."""

    manifest: Manifest
    root: Path
    """The project's root folder, from which references are imported and commands run."""
    rules: tuple[Path, ...]
    """The rules files: patterns in the order written, files of one pattern sorted, each file once."""
    decks: tuple[Path, ...]
    tree: YamlTree
    filled: tuple[Path, ...] = ()
    """The files of the store of fills that the rules name; known when they have been read."""

    @property
    def source(self) -> SourceFile:
        """The text of the manifest."""
        return self.tree.source

    @property
    def fills(self) -> Path | None:
        """The store of admitted fills."""
        return self.source.path.parent / self.manifest.fills if self.manifest.fills else None

    @property
    def view(self) -> Path | None:
        """The file that says how the game is drawn."""
        return self.source.path.parent / self.manifest.view if self.manifest.view else None

    @property
    def files(self) -> tuple[Path, ...]:
        """All that the specification is made of."""
        return (self.source.path, *self.rules, *self.filled)

    def span(self, *keys: Hashable) -> Span:
        """Where the manifest gives a value, as in `span("constants", "max_turns")`."""
        return self.tree.span(*keys)

    def load(self, target: PythonTarget, span: Span | None = None) -> Callable[..., Any]:
        """Import a target's factory. `span` is where the manifest names it."""
        return load_target(target, self.root, span)


def load_target(target: PythonTarget, root: Path, span: Span | None = None) -> Callable[..., Any]:
    """Import a target's factory; modules are found from `root`. Raises SpecError (E0017), at `span`."""
    where = f"{target.module}:{target.factory}"
    _put_first(root, target.module.partition(".")[0])
    try:
        factory = getattr(importlib.import_module(target.module), target.factory)
    except Exception as error:  # the module is the user's, and may raise anything
        raise SpecError.single("E0017", span, f"cannot load {where}: {type(error).__name__}: {error}") from error
    if not callable(factory):
        raise SpecError.single("E0017", span, f"{where} is not callable")
    return factory


def _put_first(root: Path, package: str) -> None:
    """Have a project's own package found before one of the same name that happens to be installed."""
    if sys.path[:1] != [str(root)]:
        sys.path.insert(0, str(root))
    loaded = sys.modules.get(package)
    homes = [Path(home).resolve() for home in getattr(loaded, "__path__", ())]
    if (root / package).is_dir() and homes and (root / package).resolve() not in homes:
        for name in [n for n in sys.modules if n == package or n.startswith(f"{package}.")]:
            del sys.modules[name]
    importlib.invalidate_caches()


def load_spec(path: str | Path, diagnostics: Diagnostics, *, needs_rules: bool = True) -> Spec:
    """Read a manifest and find its files. Raises SpecError, with all of `diagnostics`, when anything is wrong.

    Where no rules are needed, patterns may match nothing yet: `specc scrape` brings the files.
    """
    source = read_source(path, diagnostics)
    if source is None:
        raise SpecError(diagnostics)
    tree = parse_yaml(source, diagnostics)
    diagnostics.raise_if_errors()
    manifest = validate(Manifest, tree, diagnostics, "manifest")
    if manifest is None:
        raise SpecError(diagnostics)
    fills = source.path.parent / manifest.fills if manifest.fills else None
    if fills is not None and fills.exists() and not fills.is_dir():
        diagnostics.error("E0018", tree.span("fills"), f"fills: '{manifest.fills}' is no folder")
    found = diagnostics if needs_rules else Diagnostics()
    rules = tuple(file for file in _find_rules(manifest.rules, tree, found) if file.parent != fills)
    decks = _find_decks(manifest.decks, tree, diagnostics)
    diagnostics.raise_if_errors()
    return Spec(manifest, project_root(source.path), rules, decks, tree)


def _find_rules(patterns: tuple[str, ...], tree: YamlTree, diagnostics: Diagnostics) -> tuple[Path, ...]:
    folder = tree.source.path.parent
    found: dict[Path, None] = {}
    for index, pattern in enumerate(patterns):
        # `glob.glob`, since Path.glob matches hidden files, such as an editor's locks
        matches = sorted(folder / match for match in glob.glob(pattern, root_dir=folder, recursive=True))
        files = [path for path in matches if path.suffix == ".rules" and path.is_file()]
        if Path(pattern).is_absolute():
            diagnostics.error("E0014", tree.span("rules", index), "rules: must be relative to the manifest")
        elif not files:
            folder_given = (folder / pattern).is_dir()
            suggestion = f"write '{pattern.rstrip('/')}/**/*.rules' for the files of a folder" if folder_given else None
            message = f"rules: '{pattern}' matches no .rules file"
            diagnostics.error("E0015", tree.span("rules", index), message, suggestion=suggestion)
        found.update(dict.fromkeys(files))
    return tuple(found)


def _find_decks(names: tuple[str, ...], tree: YamlTree, diagnostics: Diagnostics) -> tuple[Path, ...]:
    folder = tree.source.path.parent
    found: dict[Path, None] = {}
    for index, name in enumerate(names):
        path = folder / name
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
        elif path.is_file():
            files = [path]
        else:
            files = []
            diagnostics.error("E0016", tree.span("decks", index), f"decks: no such file or folder: '{name}'")
        found.update(dict.fromkeys(files))
    return tuple(found)
