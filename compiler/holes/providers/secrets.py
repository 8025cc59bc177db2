"""Secrets come from the environment, and go nowhere but into the header of a request."""

from __future__ import annotations

import re

KEY = "ANTHROPIC_API_KEY"

_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether an environment variable's name says that its value is a secret."""
    return _SECRET.search(name) is not None


def without(text: str, secret: str | None) -> str:
    """A text with every occurrence of a secret blotted out."""
    return text.replace(secret, "[key]") if secret else text
