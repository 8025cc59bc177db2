"""Where the compiler's data folders and a specification's project lie.

`grammars/`, `codegen_templates/`, `specs/` and `generated/` stand beside `compiler/` in a checkout; an installed wheel
carries the first two under `compiler/_data/`.
"""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
"""The checkout that holds this package."""

_MARKERS = ("pyproject.toml", ".git")


def data_folder(name: str) -> Path:
    """The folder of compiler data called `name`, in a checkout or in an installed package."""
    for folder in (ROOT / name, PACKAGE / "_data" / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"specc's data folder {name!r} is in neither {ROOT} nor {PACKAGE / '_data'}")


def grammars() -> Path:
    """The folder of Lark grammars."""
    return data_folder("grammars")


def codegen_templates() -> Path:
    """The folder of Jinja2 templates."""
    return data_folder("codegen_templates")


def project_root(path: Path) -> Path:
    """The project a file belongs to: the nearest folder above it with a project marker, else the file's own folder."""
    folder = path.resolve().parent
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _MARKERS):
            return candidate
    return folder


def path_within(path: Path, root: Path) -> str:
    """`path` as seen from a project's root, wherever it is read."""
    return Path(os.path.relpath(path.resolve(), root.resolve())).as_posix()


def display_path(path: Path) -> str:
    """`path` as people want to read it: relative to the working directory or the checkout when it lies in one."""
    path = path.absolute()
    for base in (Path.cwd(), ROOT):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.as_posix()
