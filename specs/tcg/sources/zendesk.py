"""Rules pages of Zendesk help centers: sections list articles, whose paragraphs and items are statements."""

from __future__ import annotations

import re
from collections.abc import Callable

from bs4 import Tag

from compiler.scrape.page import Page, words
from compiler.scrape.site import PageKind, Site
from compiler.scrape.statements import RuleStatement

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STATEMENTS = ("p", "li", "td", "th", "blockquote", "pre")
_ARTICLE = ("article-title", "article-body")
_SECTION = ("article-list", "article-list-item", "pagination")
_NUMBER = re.compile(r"\d+")


def read_section(page: Page) -> None:
    """Links to the articles of a section, and to its further pages."""
    for link in page.soup.find_all("a", href=True):
        page.follow(str(link["href"]))
    if not page.links:
        page.complain("lists no articles", page.text[:80])


def read_article(page: Page) -> None:
    """The statements of an article, numbered as they come."""
    body = page.soup.find(class_="article-body")
    number = _NUMBER.match(page.variables["article"])
    if not isinstance(body, Tag) or number is None:
        page.complain("has no body of an article", page.text[:80])
        return
    title = words(_one(page.soup.find(class_="article-title")))
    heading, position = "", 0
    for node in body.find_all([*_HEADINGS, *_STATEMENTS]):
        text = words(node)
        if not text or node.find_parent(_STATEMENTS) is not None:
            continue  # it has been said by the statement that holds it
        if node.name in _HEADINGS:
            heading = text
            continue
        position += 1
        page.record(RuleStatement, article=number[0], position=position, title=title, heading=heading, text=text)
    if not position:
        page.complain("has no paragraphs", body)


def _one(node: object) -> Tag | None:
    return node if isinstance(node, Tag) else None


def _help_center(name: str, origin: str, *start: str) -> Callable[[], Site]:
    def site() -> Site:
        return Site(
            name=name,
            origin=origin,
            start=start,
            kinds=(
                PageKind("article", "/hc/en-us/articles/{article}", read_article, only=_ARTICLE),
                PageKind("section", "/hc/en-us/sections/{section}", read_section, leads=True, only=_SECTION),
            ),
        )

    return site


pocket = _help_center("pocket", "https://app-ptcgpt.pokemon-support.com", "/hc/en-us/sections/53604902813209")
"""The detailed questions and answers about battles."""

support = _help_center(
    "support",
    "https://support.pokemon.com",
    "/hc/en-us/articles/38906248102292",
    "/hc/en-us/articles/30330309361172",
)
"""The basic rules."""
