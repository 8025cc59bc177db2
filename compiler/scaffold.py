"""Starts a new game from `codegen_templates/new/`, for `specc new`."""

from __future__ import annotations

from pathlib import Path
from string import Template

from pydantic import ValidationError

from compiler.diagnostics import SpecError
from compiler.manifest import Manifest
from compiler.paths import codegen_templates, display_path


def create(name: str, folder: Path) -> tuple[Path, ...]:
    """Write the files of a new game, its manifest first. Raises SpecError where that is impossible."""
    title = name.replace("_", " ").replace("-", " ").capitalize()
    words = {"name": name, "engine": f"{name.replace('-', '_')}jax", "title": title}
    try:
        Manifest.model_validate({**words, "rules": ("*.rules",)})
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise SpecError.single("E0014", None, f"'{name}' cannot be the name of a game: it {reason}") from error
    templates = codegen_templates() / "new"
    files = {
        folder / f"{name}.yaml": templates / "spec.yaml",
        folder / name / "game.rules": templates / "game.rules",
    }
    for path in files:
        if path.exists():
            raise SpecError.single(
                "E0704", None, f"{display_path(path)} exists already", suggestion="choose another name"
            )
    for path, template in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(template.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
        except OSError as error:
            reason = f"cannot write {display_path(path)}: {error.strerror or error}"
            raise SpecError.single("E0704", None, reason) from error
    return tuple(files)
