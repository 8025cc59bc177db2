"""A page as the reader of an adapter sees it: parsed, with ways to look at it and to tell what was found."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import lxml.etree
import lxml.html
from bs4 import BeautifulSoup, Tag
from pydantic import ValidationError

from compiler.scrape.records import Complaint, Record, snippet
from compiler.scrape.site import PageKind, Variables, canonical
from compiler.scrape.snapshots import Snapshot

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
MAX_COMPLAINTS = 20
"""How much one page may complain."""


class Page:
    """One snapshot under a reader. What is found collects in `records`, `links` and `complaints`."""

    def __init__(self, snapshot: Snapshot, kind: PageKind, variables: Variables) -> None:
        """`variables` are those of the URL and those that the manifest gives with them."""
        self.snapshot = snapshot
        self.kind = kind
        self.variables = variables
        self.records: list[Record] = []
        self.links: list[str] = []
        self.complaints: list[Complaint] = []

    # --- looking ------------------------------------------------------------------------------------------------------

    @cached_property
    def text(self) -> str:
        """The body as text: as UTF-8 where it can be, else in the charset that is declared."""
        body = self.snapshot.body
        for bom, encoding in _BOMS:
            if body.startswith(bom):
                text = body[len(bom) :].decode(encoding, errors="replace")
                break
        else:
            try:
                text = body.decode()
            except UnicodeDecodeError:
                text = self._in_declared_charset()
        if "\0" in text:
            self.complain("holds NUL characters, which are left out", "")
            text = text.replace("\0", "")
        return text

    def _in_declared_charset(self) -> str:
        declared = _CHARSET.search(self.snapshot.headers.get("content-type", "").encode())
        declared = declared or _CHARSET.search(self.snapshot.body[:2048])
        name = declared[1].decode("ascii") if declared else "utf-8"
        try:
            return self.snapshot.body.decode(name)
        except (LookupError, ValueError):
            self.complain(f"is not in the charset '{name}' that it declares", "")
            return self.snapshot.body.decode("utf-8", errors="replace")

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The parsed HTML, cut down to what the kind of page is about."""
        text = self.text
        return BeautifulSoup(_cut(text, self.kind.only) if self.kind.only else text, "lxml")

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None, with a complaint, where it is none."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            self.complain(f"is no JSON: {error}", self.text)
            return None

    # --- telling ------------------------------------------------------------------------------------------------------

    def follow(self, href: str | None) -> None:
        """A link to another page; the crawl takes those of the kinds it knows, and each once."""
        if href:
            try:
                self.links.append(canonical(str(urljoin(self.snapshot.final_url, href.strip()))))
            except ValueError:
                self.complain("leads nowhere", href)

    def record(self, model: type[Record], /, **fields: Any) -> None:
        """Report a record, or, where a field is not what it should be, complain of it."""
        try:
            self.records.append(model(**fields))
        except ValidationError as error:
            for problem in error.errors(include_url=False)[:MAX_COMPLAINTS]:
                where = ".".join(map(str, problem["loc"]))
                given = "" if problem["type"] == "missing" else repr(problem["input"])
                self.complain(f"{where}: {problem['msg']}", given)

    def complain(self, message: str, shown: Tag | str) -> None:
        """Report what was not understood, with the piece of the page."""
        if len(self.complaints) < MAX_COMPLAINTS:
            where = path_of(shown) if isinstance(shown, Tag) else self._line_of(shown)
            text = shown if isinstance(shown, str) else shown.decode()
            self.complaints.append(Complaint(self.snapshot.url, where, message, snippet(text)))

    def _line_of(self, shown: str) -> str:
        start = self.text.find(shown) if shown.strip() and "text" in self.__dict__ else -1
        return f"line {self.text.count(chr(10), 0, start) + 1}" if start >= 0 else "page"


def _cut(text: str, classes: Sequence[str]) -> str:
    """The outermost elements of one of some classes. This costs a tenth of building the tree of a whole page."""
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8")
        root = lxml.html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except lxml.etree.LxmlError:  # there is nothing in it
        return ""
    wanted = " or ".join(f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')" for name in classes)
    found = root.xpath(f"//*[{wanted}][not(ancestor::*[{wanted}])]")
    assert isinstance(found, list)
    return "".join(str(lxml.html.tostring(element, encoding="unicode", with_tail=False)) for element in found)


def path_of(tag: Tag) -> str:
    """Where an element stands, as a selector: `section.main > div.text:nth-of-type(2) > p`."""
    steps: list[str] = []
    here: Tag | None = tag
    while here is not None and here.name != "[document]":
        classes = here.get("class")
        step = here.name + (f".{classes[0]}" if isinstance(classes, list) and classes else "")
        before = len(here.find_previous_siblings(here.name))
        steps.append(step + (f":nth-of-type({before + 1})" if before else ""))
        here = here.parent
    return " > ".join(reversed(steps[:6]))


def flat(text: str) -> str:
    """A text with single blanks."""
    return " ".join(text.split())


def words(node: Tag | None) -> str:
    """The text of an element on one line; a line break or the border of an inner element is no lost blank."""
    return "" if node is None else flat("".join(_pieces(node)))


_BREAKS = frozenset({"br", "p", "div", "li", "tr", "td"})
_SILENT = frozenset({"script", "style", "template", "noscript"})


def _pieces(node: Tag) -> Iterable[str]:
    """The texts in an element, without recursion: hostile pages nest deep."""
    stack: list[Any] = [iter(node.contents)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif isinstance(child, Tag):
            if child.name in _SILENT:
                continue
            if child.name in _BREAKS:
                yield " "
            stack.append(iter(child.contents))
        elif type(child).__name__ == "NavigableString":
            yield str(child)
