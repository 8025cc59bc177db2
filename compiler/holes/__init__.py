"""Filling holes: what a text means, answered by a provider, and let into the rules only by admission.

    contract ─▶ prompt ─▶ provider ─▶ answer ─▶ admission ─▶ store
                  ▲                                │
                  └────────── diagnostics ◀────────┘        every step in the ledger

An answer is untrusted: it is parsed as statements of the rule language, type-checked, held against its text, and run on
the interpreter in bounds. It is never Python, shell or template. This package reaches no reference and no engine.
"""
