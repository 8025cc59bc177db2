"""The syntax stage: rule files in, abstract syntax trees out. The only user of lark."""

from compiler.syntax.modules import parse_bodies, parse_body, parse_module, parse_modules

__all__ = ["parse_bodies", "parse_body", "parse_module", "parse_modules"]
