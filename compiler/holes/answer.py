"""Answers: what a provider returns, in the one form that is accepted, with bounds on everything."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

TOOL = "fill_hole"
"""The tool that a model answers with."""

MOST_EFFECT = 6_000
MOST_SCENARIO = 3_000
MOST_SCENARIOS = 5
MOST_NOTE = 1_000
"""In characters, and in scenarios."""


class Answer(BaseModel):
    """An effect as a provider sees it. Nothing in it is trusted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    effect: Annotated[str, Field(max_length=MOST_EFFECT)]
    scenarios: Annotated[list[Annotated[str, Field(max_length=MOST_SCENARIO)]], Field(max_length=MOST_SCENARIOS)] = []
    note: Annotated[str, Field(max_length=MOST_NOTE)] = ""
    understood: bool = True


class AnswerError(Exception):
    """What came is no answer; the message says why, and quotes none of it."""


def parse_answer(value: object) -> Answer:
    """An answer from JSON data. Raises AnswerError."""
    try:
        return Answer.model_validate(value)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc'])) or 'answer'}: {e['type']}" for e in error.errors(include_url=False)]
        raise AnswerError(f"the answer does not have the form asked for: {'; '.join(problems[:4])}") from None


def schema() -> dict[str, Any]:
    """The JSON schema of an answer, as tools take it."""
    return {
        "type": "object",
        "properties": {
            "effect": {"type": "string", "description": "The statements of the body, in the rule language."},
            "scenarios": {
                "type": "array",
                "items": {"type": "string"},
                "maxItems": MOST_SCENARIOS,
                "description": "Scenarios that the effect must pass, each a complete declaration.",
            },
            "note": {"type": "string", "description": "What the text leaves open; empty if nothing."},
            "understood": {"type": "boolean", "description": "Whether the vocabulary can say what the text says."},
        },
        "required": ["effect", "scenarios", "note", "understood"],
        "additionalProperties": False,
    }
