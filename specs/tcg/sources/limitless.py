"""pocket.limitlesstcg.com: a page for each set, and one for each print of a card."""

from __future__ import annotations

import re

from bs4 import Tag

from compiler.scrape.page import Page, words
from compiler.scrape.site import PageKind, Site
from specs.tcg.sources import records

_TITLE = re.compile(r"(?:\s*-\s*(?P<type>[^-\d]+?))?(?:\s*-\s*(?P<hp>\d+)\s*HP)?\s*")
_ATTACK = re.compile(r"(?P<name>.+?)(?:\s+(?P<damage>\d+[+x×]?))?")
_FACTS = re.compile(r"Weakness:\s*(?P<weakness>\S+)\s+Retreat:\s*(?P<retreat>\S+)")
_ASIDE = frozenset({"card-text-artist", "card-text-flavor"})
_HREF = re.compile(r"/cards/([A-Za-z0-9-]+)/(\d+)/?")


def read_set(page: Page) -> None:
    """Links to the cards of a set, and to further pages of the list."""
    grid = page.soup.find(class_="card-search-grid")
    if not isinstance(grid, Tag):
        page.complain("has no list of cards", page.text[:80])
        return
    for link in page.soup.find_all("a", href=True):
        page.follow(str(link["href"]))


def read_card(page: Page) -> None:
    """The card, from the text column and the table of prints."""
    text = page.soup.find("div", class_="card-text")
    sections = text.find_all("div", class_="card-text-section", recursive=False) if isinstance(text, Tag) else []
    sections = [section for section in sections if not _ASIDE.intersection(section["class"])]
    if not sections:
        page.complain("has no text of a card", page.text[:80])
        return
    own = records.card_id(page.variables["set"], page.variables["number"])
    title, kind = _find(sections[0], "p", "card-text-title"), words(_find(sections[0], "p", "card-text-type"))
    name = words(_find(title, "span", "card-text-name"))
    rest = _TITLE.fullmatch(words(title).removeprefix(name))
    if not name or rest is None:
        page.complain("has no name, type and HP", title or sections[0])
        return
    prints = _prints(page, own)
    fields = {"id": prints[0], "name": name, "prints": prints}
    parts = [part.strip() for part in kind.split(" - ")]
    if parts[0] == "Trainer":
        _trainer(page, sections[1:], parts, rest["hp"], fields)
    elif parts[0] == "Pokémon":
        fields["type"] = records.letter(rest["type"] or "")
        fields["hp"] = int(rest["hp"] or 0)
        _pokemon(page, sections[1:], parts, fields)
    else:
        page.complain("is neither a Pokémon nor a Trainer", sections[0])


def _pokemon(page: Page, sections: list[Tag], parts: list[str], fields: dict[str, object]) -> None:
    stage = records.STAGES.get(parts[1] if len(parts) > 1 else "")
    origin = parts[2].removeprefix("Evolves from").strip() if len(parts) > 2 else None
    if stage is None or len(parts) > 3 or (stage == 0) != (origin is None):
        page.complain("has a stage that is not understood", " - ".join(parts))
        return
    ability, attacks, facts = None, [], None
    for block in (block for section in sections for block in section.find_all(True, recursive=False)):
        classes = block.get("class") or [""]
        if "card-text-ability" in classes:
            name = words(_find(block, "p", "card-text-ability-info")).removeprefix("Ability:").strip()
            ability = {"name": name, "text": words(_find(block, "p", "card-text-ability-effect"))}
        elif "card-text-attack" in classes:
            attacks.append(_attack(page, block))
        elif "card-text-wrr" in classes:
            facts = facts or _FACTS.fullmatch(words(block))
        elif not _ASIDE.intersection(classes) and words(block):
            page.complain("has a block that is not understood", block)
    if facts is None:
        page.complain("has no Weakness and Retreat", sections[-1] if sections else "")
        return
    weakness, retreat = facts["weakness"], facts["retreat"]
    page.record(
        records.Pokemon,
        kind="pokemon",
        stage=stage,
        evolves_from=origin,
        ability=ability,
        attacks=tuple(attacks),
        weakness=None if weakness.lower() == "none" else records.letter(weakness),
        retreat=int(retreat) if retreat.isdecimal() else retreat,
        **fields,
        **records.prize(str(fields["name"])),
    )


def _attack(page: Page, block: Tag) -> dict[str, object]:
    info = _find(block, "p", "card-text-attack-info")
    cost = words(_find(info, "span", "ptcg-symbol"))
    found = _ATTACK.fullmatch(words(info).removeprefix(cost).strip())
    if found is None:
        page.complain("has no name of an attack", block)
        return {}
    text = words(_find(block, "p", "card-text-attack-effect")) or None
    return {"name": found["name"], "cost": cost, "text": text, **(records.damage(found["damage"] or "") or {})}


def _trainer(page: Page, sections: list[Tag], parts: list[str], hp: str | None, fields: dict[str, object]) -> None:
    kind = records.TRAINERS.get(parts[1] if len(parts) > 1 else "")
    if kind is None:
        page.complain("is a Trainer of a kind that is not understood", " - ".join(parts))
        return
    model, more = records.trainer(kind, words(sections[0]) if sections else "", int(hp) if hp else None)
    page.record(model, **fields, **more)


def _prints(page: Page, own: str) -> tuple[str, ...]:
    """All prints that the table lists; the page's own among them."""
    table = page.soup.find("table", class_="card-prints-versions")
    links = table.find_all("a", href=_HREF) if isinstance(table, Tag) else []
    found = [_HREF.search(str(link["href"])) for link in links]
    listed = [records.card_id(match[1], match[2]) for match in found if match]
    return records.in_order([own, *listed])


def _find(node: Tag | None, name: str, class_: str) -> Tag | None:
    found = node.find(name, class_=class_) if node is not None else None
    return found if isinstance(found, Tag) else None


def site() -> Site:
    """The adapter."""
    return Site(
        name="limitless",
        origin="https://pocket.limitlesstcg.com",
        start=("/cards/{set}",),
        kinds=(
            PageKind("card", "/cards/{set}/{number}", read_card, only=("card-text", "card-prints-versions")),
            PageKind("set", "/cards/{set}", read_set, leads=True, only=("card-search-grid", "pagination")),
        ),
    )
