"""Pages for people: one HTML file each, with its styles and scripts inside."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compiler.paths import codegen_templates


def render_page(name: str, **values: Any) -> str:
    """The page of the template `NAME.html.j2`; values are escaped. Deterministic: same values, same text."""
    environment = Environment(
        loader=FileSystemLoader(codegen_templates() / "pages"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
    return environment.get_template(f"{name}.html.j2").render(**values)
