"""Who decides: the player whose row it is, unless the text says that another one does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.holes.admission.case import Case
from compiler.holes.admission.flow import statements
from compiler.holes.admission.verdict import Finding, Severity
from compiler.holes.admission.who import Who, who
from compiler.ir import hir

_OTHER_CHOOSES = re.compile(
    r"\b(opponent|rival|other player|they|foe)\b[^.;]{0,60}\b(choos|pick|select|decid|name)\w*", re.IGNORECASE
)


def check(case: Case) -> Iterator[Finding]:
    """Doubts a choice by the other player that the text does not speak of, and one of which it speaks in vain."""
    text = case.contract.text
    if text is None:
        return
    found: set[Who] = set()
    for method, body in case.bodies():
        for met in statements(case.checked, method, body):
            if isinstance(met.node, hir.Choose):
                found.add(who(case.checked, met.node.player, met.env))
    says_other = _OTHER_CHOOSES.search(text) is not None
    if Who.OTHER in found and not says_other:
        yield Finding("choices", Severity.DOUBT, "the other player chooses, and the text does not say so")
    if says_other and not found & {Who.OTHER, Who.UNKNOWN}:
        yield Finding("choices", Severity.DOUBT, "the text lets the other player choose, and the effect does not")
