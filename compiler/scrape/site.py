"""What an adapter of a site is: which pages there are, where it starts, and how each kind is read.

An adapter is a module beside its game with a `Site`; the manifest names it. URLs are written as templates:
`/cards/{set}/{number}` matches a path, and `?page={page}` a parameter of the query. The variables of a job, such as the
set that is asked for, have their values; the other ones match anything, `{number}` digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import httpx

from compiler.scrape.guard import Origin
from compiler.scrape.polite import Manners

if TYPE_CHECKING:
    from compiler.scrape.page import Page

Variables = Mapping[str, str]

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_SHAPES = {"number": r"\d+"}


@dataclass(frozen=True)
class PageKind:
    """One kind of page. `read` is pure: it sees the page, and tells the page what it found."""

    name: str
    url: str
    """A template of path and query."""
    read: Callable[[Page], None]
    leads: bool = False
    """Whether its links are followed."""
    only: Sequence[str] = ()
    """The classes of the elements that are read; empty: the whole page."""

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
        path, _, query = self.url.partition("?")
        return _pattern(path), {key: _pattern(value) for key, value in parse_qsl(query, keep_blank_values=True)}

    def match(self, url: str) -> dict[str, str] | None:
        """The values of the template's variables in a URL, or None for a URL of another kind.

        Parameters that the template does not have, such as the number of a page, make no difference.
        """
        parts = urlsplit(url)
        path, query = self._patterns
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        matches = [path.fullmatch(unquote(parts.path))]
        matches += [pattern.fullmatch(given.get(key, "")) for key, pattern in query.items()]
        found: dict[str, str] = {}
        for match in matches:
            if match is None:
                return None
            for name, value in match.groupdict().items():
                if found.setdefault(name, value) != value:
                    return None
        return found


@dataclass(frozen=True)
class Site:
    """A site: hosts, the pages it starts from, and the kinds of pages."""

    name: str
    origin: str
    """Where it lies, such as `https://example.org`."""
    start: Sequence[str]
    """Templates of the first pages."""
    kinds: Sequence[PageKind]
    also: Sequence[str] = ()
    """Further origins that its redirects may lead to."""
    manners: Manners = field(default_factory=Manners)

    def missing(self, variables: Variables) -> list[str]:
        """The variables that the first pages need and do not have."""
        return sorted({name for url in self.start for name in _VARIABLE.findall(url)} - variables.keys())

    def first_urls(self, origin: str, variables: Variables) -> list[str]:
        """The URLs that a job starts with."""
        return [canonical(origin + fill(url, variables)) for url in self.start]

    def kind_of(self, url: str) -> tuple[PageKind, dict[str, str]] | None:
        """The kind of page that a URL leads to, and the values of its variables."""
        for kind in self.kinds:
            found = kind.match(url)
            if found is not None:
                return kind, found
        return None

    def origins(self) -> frozenset[Origin]:
        """Where its pages may come from."""
        return frozenset(Origin.of(url) for url in (self.origin, *self.also))


def fill(template: str, values: Variables) -> str:
    """A template with its variables replaced, quoted as their place in a URL needs it."""
    path, mark, query = template.partition("?")
    path = _VARIABLE.sub(lambda found: quote(values[found[1]], safe="()"), path)
    pairs = parse_qsl(query, keep_blank_values=True)
    given = [(key, _VARIABLE.sub(lambda found: values[found[1]], value)) for key, value in pairs]
    return path + mark + urlencode(given, safe="()")


def canonical(url: str) -> str:
    """A URL as requests write it, without its fragment. Raises ValueError for what is no URL."""
    try:
        return str(httpx.URL(url.strip())).partition("#")[0]
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ValueError(str(error)) from error


def _pattern(template: str) -> re.Pattern[str]:
    parts = _VARIABLE.split(template)
    texts = (
        re.escape(part) if index % 2 == 0 else f"(?P<{part}>{_SHAPES.get(part, '[^/]+?')})"
        for index, part in enumerate(parts)
    )
    return re.compile("".join(texts))
