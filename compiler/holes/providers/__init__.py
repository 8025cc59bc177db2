"""Who is asked: recorded answers (offline, the default), a model behind the Messages API, or any program."""

from compiler.holes.providers.base import Provider, ProviderError, Reply, Request

__all__ = ["Provider", "ProviderError", "Reply", "Request"]
