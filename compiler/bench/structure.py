"""What a compiled function is made of: operations before and after optimisation, kernels, bytes, memory.

These do not depend on how busy a machine is, so that a test can hold them.
"""

from __future__ import annotations

import re
from typing import Any

_INSTRUCTION = re.compile(r"^\s+(?:ROOT )?%?[\w.-]+ = ", re.MULTILINE)
_FUSION = re.compile(r"^\s+(?:ROOT )?%?[\w.-]+ = .* fusion\(", re.MULTILINE)
_STABLE = re.compile(r"^\s+(?:%[\w:#, ]+ = )?\"?(?:stablehlo|func|chlo)\.", re.MULTILINE)


def counts(lowered: Any, compiled: Any) -> dict[str, tuple[float, str]]:
    """Numbers with their units, by name, of a `jax.stages.Lowered` and the `Compiled` that it became."""
    before, after = lowered.as_text(), compiled.as_text()
    operations, instructions = len(_STABLE.findall(before)), len(_INSTRUCTION.findall(after))
    found: dict[str, tuple[float, str]] = {
        "operations_in": (operations, "StableHLO operations"),
        "instructions_out": (instructions, "HLO instructions"),
        "fusions": (len(_FUSION.findall(after)), "kernels"),
    }
    cost = compiled.cost_analysis() or {}
    for name, key, unit in (("flops", "flops", "operations"), ("bytes_accessed", "bytes accessed", "bytes")):
        if key in cost:
            found[name] = (float(cost[key]), unit)
    memory = compiled.memory_analysis()
    if memory is not None:
        held = memory.temp_size_in_bytes + memory.argument_size_in_bytes + memory.output_size_in_bytes
        found["memory_bytes"] = (held, "bytes")
    return found
