"""Why a page was not fetched."""

import httpx


class RefusedError(Exception):
    """A request or a response that we do not want, now or later: it is not tried again."""


class UnansweredError(Exception):
    """A page that could not be had: the site does not answer, or answers with an error."""


def in_words(error: BaseException) -> str:
    """An error as a person reads it."""
    if isinstance(error, RefusedError | UnansweredError):
        return str(error)
    if isinstance(error, httpx.TooManyRedirects):
        return "is redirected in circles or too often"
    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time"
    if isinstance(error, httpx.HTTPError):
        return f"could not be fetched: {error or type(error).__name__}"
    return f"{type(error).__name__}: {error}"
