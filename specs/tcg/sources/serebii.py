"""serebii.net/tcgpocket: a page for each set, and one for each print of a card."""

from __future__ import annotations

import re

from bs4 import Tag

from compiler.scrape.page import Page, words
from compiler.scrape.site import PageKind, Site
from specs.tcg.sources import records

_HP = re.compile(r"(\d+)\s*HP")
_IMAGE = re.compile(r"/([a-z]+)\.png$")
_TRAINER = re.compile(
    r"(?:Trainer\s*-?\s*)?(?P<kind>Item|Supporter|Stadium|Pokémon Tool|Tool)(?:\s+Card)?", re.IGNORECASE
)
_STAGE = re.compile(r"(?P<stage>Basic|Stage [12])(?: Pokémon)?(?:\s*-?\s*Evolves from (?P<origin>.+))?")


def read_set(page: Page) -> None:
    """Links to the cards of a set."""
    for link in page.soup.find_all("a", href=True):
        page.follow(str(link["href"]))
    if not page.links:
        page.complain("has no list of cards", page.text[:80])


def read_card(page: Page) -> None:
    """The card, from the table of its facts."""
    info = page.soup.find("td", class_="cardinfo")
    rows = [row for row in info.find_all("tr") if row.find_parent("td") is info] if isinstance(info, Tag) else []
    if not rows:
        page.complain("has no facts of a card", page.text[:80])
        return
    title = rows[0].find("td", class_="main")
    name = words(title) if isinstance(title, Tag) else ""
    hp = _HP.search(words(rows[0]).removeprefix(name))
    own = records.card_id(page.variables.get("set", ""), page.variables["number"])
    fields = {"id": own, "name": name, "prints": (own,)}
    kind = words(rows[1]) if len(rows) > 1 else ""
    if found := _TRAINER.fullmatch(kind):
        text = _text(rows[2].find("td")) if len(rows) > 2 else ""
        trainer = records.TRAINERS.get(found["kind"].title())
        model, more = records.trainer(trainer, text, int(hp[1]) if hp else None)
        page.record(model, **fields, **more)
    elif stage := _STAGE.fullmatch(kind):
        fields |= {"hp": int(hp[1]) if hp else None, "stage": records.STAGES[stage["stage"]]}
        _pokemon(page, rows, {**fields, "evolves_from": stage["origin"]})
    else:
        page.complain("is of a kind that is not understood", rows[min(1, len(rows) - 1)])


def _pokemon(page: Page, rows: list[Tag], fields: dict[str, object]) -> None:
    ability, attacks, facts = None, [], {}
    for row in rows[2:]:
        if "Ability" in _images(row)[:1]:
            ability = {"name": _name(row), "text": _effect(row)}
        elif row.find("td", class_="small"):
            facts = _weakness_and_retreat(page, row)
        elif row.find(class_="main"):
            attacks.append(_attack(page, row))
        elif words(row):
            page.complain("has a row that is not understood", row)
    types = _images(rows[0])
    page.record(
        records.Pokemon,
        kind="pokemon",
        type=records.letter(types[0]) if len(types) == 1 else "",
        ability=ability,
        attacks=tuple(attacks),
        **facts,
        **fields,
        **records.prize(str(fields["name"])),
    )


def _attack(page: Page, row: Tag) -> dict[str, object]:
    cells = row.find_all("td", recursive=False)
    harm = records.damage(words(cells[-1])) if len(cells) > 2 else {"damage": 0, "suffix": ""}
    if harm is None:
        page.complain("has damage that is not understood", cells[-1])
    cost = "".join(records.letter(name) for name in _images(cells[0])) if cells else ""
    return {"name": _name(row), "cost": cost, "text": _effect(row) or None, **(harm or {})}


def _weakness_and_retreat(page: Page, row: Tag) -> dict[str, object]:
    """Labels and what stands in the cell after each."""
    found: dict[str, object] = {}
    cells = row.find_all("td", recursive=False)
    for label, value in zip(cells[::2], cells[1::2], strict=False):
        shown = words(label).lower()
        if "weakness" in shown:
            images = _images(value)
            found["weakness"] = records.letter(images[0]) if images else None
        elif "retreat" in shown:
            found["retreat"] = len(_images(value))
        else:
            page.complain("has a label that is not understood", label)
    return found


def _images(node: Tag) -> list[str]:
    """What the pictures in an element show, by their alternative text or else their file."""
    return [_shown(image) for image in node.find_all("img")]


def _shown(image: Tag) -> str:
    file = _IMAGE.search(str(image.get("src", "")))
    return str(image.get("alt") or (file[1].capitalize() if file else ""))


def _name(row: Tag) -> str:
    main = row.find("span", class_="main")
    bold = main.find("b") if isinstance(main, Tag) else None
    return words(bold) if isinstance(bold, Tag) else ""


def _effect(row: Tag) -> str:
    """What stands after the line break that follows the name."""
    main = row.find("span", class_="main")
    cell = main.find_parent("td") if isinstance(main, Tag) else None
    return _text(cell, after=main) if isinstance(main, Tag) else ""


def _text(cell: object, after: Tag | None = None) -> str:
    """The text of a cell, with the Energy that it shows as pictures written as letters in brackets."""
    if not isinstance(cell, Tag):
        return ""
    for image in cell.find_all("img"):
        image.replace_with(f"[{records.letter(_shown(image))}]")
    return words(cell).removeprefix(words(after)).strip() if after is not None else words(cell)


def site() -> Site:
    """The adapter."""
    return Site(
        name="serebii",
        origin="https://www.serebii.net",
        also=("https://serebii.net",),
        start=("/tcgpocket/{slug}/",),
        kinds=(
            PageKind("card", "/tcgpocket/{slug}/{number}.shtml", read_card, only=("tcgtable",)),
            PageKind("set", "/tcgpocket/{slug}/", read_set, leads=True),
        ),
    )
