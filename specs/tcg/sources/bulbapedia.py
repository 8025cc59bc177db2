"""bulbapedia.bulbagarden.net, by its API: the wikitext of a page for each set, and of one for each card."""

from __future__ import annotations

import re
from collections.abc import Iterator

import mwparserfromhell
from mwparserfromhell.nodes import Comment, Tag, Template, Text, Wikilink
from mwparserfromhell.wikicode import Wikicode

from compiler.scrape.page import Page, flat
from compiler.scrape.site import PageKind, Site, fill
from specs.tcg.sources import records

_API = "/w/api.php?action=parse&prop=wikitext&format=json&redirects=1&page="
_CARD = _API + "{name} ({title} {number})"
_ID = re.compile(r"\{\{\s*TCG ID\s*\|([^|{}]+)\|([^|{}]+)\|\s*(\d+)\s*(?:\|[^{}]*)?\}\}")
_OPENING = re.compile(r"\{\{\s*(?:TCG Card Infobox|Cardtext)/")
_BRACES = re.compile(r"\{\{|\}\}")
_MAX_TEMPLATE = 6000
"""Characters; the parser's time grows faster than its input."""
_NONE = ("", "none", "—", "-")


def read_set(page: Page) -> None:
    """Links to the cards of a set: each line of its list names a card and a number."""
    text = _wikitext(page)
    for title, name, number in _ID.findall(text or ""):
        if title.strip() == page.variables["title"]:
            page.follow(fill(_CARD, {"name": name.strip(), "title": title.strip(), "number": number}))
    if text is not None and not page.links:
        page.complain("lists no cards", text[:80])


def read_card(page: Page) -> None:
    """The card, from the templates of its page."""
    text = _wikitext(page)
    if text is None:
        return
    templates = [(_name(found), found) for found in _templates(page, text)]
    box = next((found for name, found in templates if name.startswith("TCG Card Infobox/")), None)
    if box is None:
        page.complain("has no infobox of a card", text[:80])
        return
    own = records.card_id(page.variables.get("set", ""), page.variables["number"])
    fields = {"id": own, "name": _value(page, box, "en name") or page.variables["name"], "prints": (own,)}
    if "/Pokémon" in _name(box):
        _pokemon(page, box, templates, fields)
    else:
        _trainer(page, box, templates, fields)


def _pokemon(page: Page, box: Template, templates: list[tuple[str, Template]], fields: dict[str, object]) -> None:
    ability, attacks = None, []
    for name, found in templates:
        if name.startswith("Cardtext/Ability"):
            ability = {"name": _value(page, found, "name"), "text": _value(page, found, "effect")}
        elif name.startswith("Cardtext/Attack"):
            attacks.append(_attack(page, found))
        elif name.startswith("Cardtext/") and not name.startswith("Cardtext/Footer"):
            page.complain("has a template that is not understood", str(found))
    stage, weakness = _value(page, box, "evo stage"), _value(page, box, "weakness")
    hp, retreat = _value(page, box, "hp"), _value(page, box, "retreat cost")
    page.record(
        records.Pokemon,
        kind="pokemon",
        type=records.letter(_value(page, box, "type")),
        hp=int(hp) if hp.isdecimal() else hp,
        stage=records.STAGES.get(stage, stage),
        evolves_from=_value(page, box, "prevo name") or None,
        weakness=None if weakness.lower() in _NONE else records.letter(weakness),
        retreat=int(retreat) if retreat.isdecimal() else retreat,
        ability=ability,
        attacks=tuple(attacks),
        **fields,
        **records.prize(str(fields["name"])),
    )


def _attack(page: Page, found: Template) -> dict[str, object]:
    cost = _value(page, found, "cost").replace("[", "").replace("]", "").replace(" ", "")
    harm = records.damage(_value(page, found, "damage"))
    if harm is None:
        page.complain("has damage that is not understood", str(found))
    name, text = _value(page, found, "name"), _value(page, found, "effect") or None
    return {"name": name, "cost": cost, "text": text, **(harm or {})}


def _trainer(page: Page, box: Template, templates: list[tuple[str, Template]], fields: dict[str, object]) -> None:
    texts = [found for name, found in templates if name.startswith("Cardtext/")]
    text = "".join(_value(page, found, "effect") for found in texts[:1])
    kind = records.TRAINERS.get(_value(page, box, "subtype"))
    hp = _value(page, box, "hp")
    if kind is None:
        page.complain("is a Trainer of a kind that is not understood", str(box))
        return
    model, more = records.trainer(kind, text, int(hp) if hp.isdecimal() else None)
    page.record(model, **fields, **more)


# --- wikitext ---------------------------------------------------------------------------------------------------------


def _wikitext(page: Page) -> str | None:
    """The text in the answer of the API, with or without `formatversion=2`."""
    answer = page.json
    if isinstance(answer, dict) and isinstance(parsed := answer.get("parse"), dict):
        text = parsed.get("wikitext")
        text = text.get("*") if isinstance(text, dict) else text
        if isinstance(text, str):
            return text
    page.complain("is no answer of the API", page.text[:80])
    return None


def _templates(page: Page, text: str) -> Iterator[Template]:
    """The templates of the page that speak of the card. What else a page holds is not even parsed."""
    end = 0
    for start in (found.start() for found in _OPENING.finditer(text)):
        if start < end:
            continue
        end = _closing(text, start)
        parsed = mwparserfromhell.parse(text[start:end]).filter_templates(recursive=False)
        if end <= start or not parsed:
            page.complain("has a template that is not closed", text[start : start + 80])
        else:
            yield parsed[0]


def _closing(text: str, start: int) -> int:
    """Where the template that starts here ends; the start itself where it does not, or not soon."""
    depth = 0
    for found in _BRACES.finditer(text, start, start + _MAX_TEMPLATE):
        depth += 1 if found[0] == "{{" else -1
        if depth == 0:
            return found.end()
    return start


def _name(template: Template) -> str:
    return flat(str(template.name))


def _value(page: Page, template: Template, name: str) -> str:
    """A parameter as plain text; nothing where it is missing."""
    if not template.has(name):
        return ""
    return flat("".join(_plain(page, template.get(name).value)))


def _plain(page: Page, code: Wikicode) -> list[str]:
    """Wikitext as plain text: links by what they show, Energy as a letter in brackets."""
    pieces: list[str] = []
    for node in code.nodes:
        if isinstance(node, Text):
            pieces.append(str(node))
        elif isinstance(node, Wikilink):
            pieces += _plain(page, node.title if node.text is None else node.text)
        elif isinstance(node, Template):
            pieces.append(_symbol(page, node))
        elif isinstance(node, Tag):
            pieces += [" "] if str(node.tag) == "br" else _plain(page, node.contents) if node.contents else []
        elif not isinstance(node, Comment):
            pieces.append(str(getattr(node, "normalize", lambda: "")() or ""))
    return pieces


def _symbol(page: Page, template: Template) -> str:
    name = _name(template).lower()
    given = [flat(str(parameter.value)) for parameter in template.params]
    if name in ("e", "tcg icon") and given:
        return f"[{records.letter(given[0])}]"
    if name in ("tcg", "p", "m", "a", "i", "tt") and given:
        return given[-1] if name != "tt" else given[0]
    page.complain("has a template in its text that is not understood", str(template))
    return ""


def site() -> Site:
    """The adapter."""
    return Site(
        name="bulbapedia",
        origin="https://bulbapedia.bulbagarden.net",
        start=(_API + "{title} (TCG Pocket)",),
        kinds=(
            PageKind("card", _CARD, read_card),
            PageKind("set", _API + "{title} (TCG Pocket)", read_set, leads=True),
        ),
    )
