"""`specc mutate`: who notices a mistake in the rules — the scenarios, the references, or the properties alone."""

from compiler.conformance.mutation.outcome import Account, MutationReport
from compiler.conformance.mutation.run import MutationOptions, mutate

__all__ = ["Account", "MutationOptions", "MutationReport", "mutate"]
