"""Action ids and their names, such as ``bench:3``, ``slot:0:3``, ``colour:red`` and ``end``.

An id is the action's base plus a mixed-radix number with one digit per parameter, the first fastest. The digit of an
``own`` parameter is the instance's position among the decider's; that of a number is its distance from the least one.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.ir.hir import Action, ActionParam, Program
from compiler.ir.types import BoolT, EntityT, EnumT, IntT, RowT, strip_optional


def action_names(program: Program) -> tuple[str, ...]:
    """The name of every action id."""
    names = [""] * program.action_count
    for action in program.actions.values():
        for number in range(action.size):
            parts = [_digit_name(program, p, d) for p, d in zip(action.params, digits(action, number), strict=True)]
            names[action.base + number] = ":".join([action.name, *parts])
    return tuple(names)


def action_ids(program: Program) -> dict[str, int]:
    """The id of every action name."""
    return {name: index for index, name in enumerate(action_names(program))}


def digits(action: Action, number: int) -> tuple[int, ...]:
    """The digits of an id less the action's base, one per parameter."""
    found = []
    for param in action.params:
        number, digit = divmod(number, param.size)
        found.append(digit)
    return tuple(found)


def encode(program: Program, action: Action, values: Sequence[int], decider: int) -> int | None:
    """The id of an action with these parameters; None where a value is outside its parameter's type."""
    number, step = 0, 1
    for param, value in zip(action.params, values, strict=True):
        digit = value - _first_value(program, param, decider)
        if not 0 <= digit < param.size:
            return None
        number += digit * step
        step *= param.size
    return action.base + number


def decode(program: Program, index: int, decider: int) -> tuple[Action, tuple[int, ...]]:
    """The action of an id, and the values of its parameters when ``decider`` takes it."""
    action = next(a for a in program.actions.values() if a.base <= index < a.base + a.size)
    found = zip(action.params, digits(action, index - action.base), strict=True)
    return action, tuple(_first_value(program, param, decider) + digit for param, digit in found)


def _first_value(program: Program, param: ActionParam, decider: int) -> int:
    """The value with digit 0."""
    return decider * param.size if param.own else program.bounds(strip_optional(param.type))[0]


def _digit_name(program: Program, param: ActionParam, digit: int) -> str:
    type_ = strip_optional(param.type)
    match type_:
        case EntityT(name) if program.entities[name].per_player and not param.own:
            return ":".join(map(str, divmod(digit, program.entities[name].count)))
        case EnumT(name):
            return program.enums[name].values[digit]
        case RowT(table):
            return program.tables[table].keys[digit]
        case BoolT():
            return ("false", "true")[digit]
        case IntT(low):
            return str(low + digit)
        case _:
            return str(digit)
