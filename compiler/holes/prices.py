"""What requests cost: a dated price table, the tokens a provider counted, and an estimate where nobody has counted."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from compiler.diagnostics import Diagnostics, SpecError, did_you_mean, read_source
from compiler.yaml_tree import parse_yaml

TABLE = Path(__file__).with_name("prices.yaml")

_MILLION = 1_000_000
_Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Usage:
    """Tokens of one request or many, apart by price."""

    input: int = 0
    """Sent and not in the cache."""
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def total(self) -> int:
        """All tokens, whatever they cost."""
        return self.input + self.output + self.cache_write + self.cache_read

    def to_json(self) -> dict[str, int]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def of(cls, value: Mapping[str, int]) -> Usage:
        return cls(**{f.name: int(value.get(f.name, 0)) for f in fields(cls)})


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelPrice(_Section):
    """Dollars per million tokens."""

    input: _Price
    output: _Price
    cache_write: _Price
    cache_read: _Price

    def cost(self, usage: Usage) -> float:
        """Dollars."""
        parts = ((getattr(usage, f.name), getattr(self, f.name)) for f in fields(usage))
        return sum(tokens * price for tokens, price in parts) / _MILLION


class PriceTable(_Section):
    """Prices at a date."""

    date: datetime.date
    source: str
    models: dict[str, ModelPrice]

    def of(self, model: str) -> ModelPrice:
        """The price of a model. Raises SpecError (E1104) for one that is not listed."""
        if model not in self.models:
            hint = did_you_mean(model, self.models) or f"the table has {', '.join(self.models)}"
            raise SpecError.single("E1104", None, f"the price table has no model '{model}'", suggestion=hint)
        return self.models[model]


def load_prices(path: Path | None = None) -> PriceTable:
    """The price table of a file, or that of specc. Raises SpecError (E1105) for a file that is none."""
    sink = Diagnostics()
    source = read_source(path or TABLE, sink)
    sink.raise_if_errors()
    assert source is not None
    tree = parse_yaml(source, sink)
    sink.raise_if_errors()
    try:
        return PriceTable.model_validate(tree.value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SpecError.single("E1105", None, f"{source.display} is no price table: {where}: {first['msg']}") from None


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has: an estimate without the model's own tokeniser, on the high side.

    Rules and English run at three to four characters a token; one in 3.3 is counted.
    """
    return -(-len(text) * 10 // 33)
