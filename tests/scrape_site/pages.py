"""The invented cards as pages, in the structure of each site."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable

from specs.tcg.sources.records import ELEMENTS
from tests.scrape_site.cards import SLUG, TITLE, Card

NAMES = {letter: name for name, letter in ELEMENTS.items()}
PER_PAGE = 100
_ENERGY = re.compile(r"\[([GRWLPFDMNC])\]")

_NOISE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>.card-text {{ color: red }} /* <div class="card-text">not a card</div> */</style>
<script>var page = "<div class='card-text'><p class='card-text-title'>Not a card</p></div>"; if (1 < 2 && 3 > 2) {{ }}</script>
<link rel="stylesheet" href="/style.css"></head><body><nav class="top"><ul>{menu}</ul></nav>
"""
_MENU = "".join(f'<li class="item"><a class="link" href="/elsewhere/{n}">Elsewhere {n}</a></li>' for n in range(40))


def _page(title: str, body: str) -> str:
    footer = f"<footer>{_MENU}<p>&copy; nobody &amp; nothing</p></footer></body></html>"
    return _NOISE.format(title=html.escape(title), menu=_MENU) + body + footer


def _number(card: Card) -> int:
    return int(card["id"][-3:])


# --- Limitless --------------------------------------------------------------------------------------------------------


def limitless_set(set_code: str, numbers: Iterable[int], page: int = 1) -> str:
    """A page of the list of a set; a long list has several."""
    listed = sorted(numbers)
    shown = listed[(page - 1) * PER_PAGE : page * PER_PAGE]
    links = "".join(f'<a href="/cards/{set_code}/{n}"><img class="card" alt="{n}"></a>' for n in shown)
    more = f'<a class="next" href="/cards/{set_code}?page={page + 1}">Next</a>' if page * PER_PAGE < len(listed) else ""
    body = (
        f'<div class="infobox"><div class="infobox-heading sm">{TITLE} ({set_code})</div>'
        f'<div class="infobox-line">1 Jan 2026 • {len(listed)} Cards</div></div>'
        f'<div class="card-search-grid">{links}</div><div class="pagination">{more}</div>'
    )
    return _page(TITLE, body)


def limitless_text(text: str) -> str:
    """A text with its Energy symbols inline, and a line break without a blank after each sentence."""
    shown = _ENERGY.sub(
        lambda found: (
            '<span class="copy-only">[</span><span style="font-family: ptcg-font" '
            f'data-tooltip="{NAMES[found[1]]}">{found[1]}</span><span class="copy-only">]</span>'
        ),
        html.escape(text, quote=False).replace("'", "&#39;"),
    )
    return shown.replace(". ", ".<br>")


def limitless_card(card: Card, number: int) -> str:
    """The page of a print."""
    set_code = card["id"][:-4]
    facts = f" - {NAMES[card['type']]} - {card['hp']} HP" if card["kind"] == "pokemon" else ""
    facts = " - 40 HP" if card.get("trainer_type") == "fossil" else facts
    kind = _limitless_kind(card)
    head = (
        f'<div class="card-text-section"><p class="card-text-title"><span class="card-text-name">'
        f'<a href="/cards/{set_code}/{number}">{html.escape(card["name"])}</a></span>{facts}</p>'
        f'<p class="card-text-type">{kind}</p></div>'
    )
    rows = "".join(
        f'<tr class="{"current" if ident.endswith(f"{number:03d}") else ""}"><td><a href="/cards/{ident[:-4]}/{int(ident[-3:])}">'
        f'{TITLE} <span class="prints-table-card-number">#{int(ident[-3:])}</span></a></td></tr>'
        for ident in card["prints"]
    )
    body = (
        '<main><section class="card-page-main"><div class="card-profile"><div class="card-image"><img class="card shadow" '
        f'src="/img/{number}.webp"></div><div class="card-details"><div class="card-details-main"><div class="card-text">'
        f"{head}{_limitless_body(card)}"
        '<div class="card-text-section card-text-artist">Illustrated by <a href="/artist/0">nobody</a></div></div></div>'
        '<div class="card-prints"><div class="card-prints-current"><div class="prints-current-details"><span class="text-lg">'
        f"{TITLE} ({set_code})</span><span>#{number} · ◊◊◊ · Shore pack</span></div></div>"
        f'<table class="card-prints-versions"><tr><th>Versions</th></tr>{rows}</table></div></div></div></section></main>'
    )
    return _page(card["name"], body)


def _limitless_kind(card: Card) -> str:
    if card["kind"] == "trainer":
        return f"Trainer - {'Item' if card['trainer_type'] == 'fossil' else card['trainer_type'].capitalize()}"
    if card["stage"] == 0:
        return "Pokémon\n - Basic"
    return (
        f'Pokémon - Stage {card["stage"]} - Evolves from <a href="/cards?q=x">{html.escape(card["evolves_from"])}</a>'
    )


def _limitless_body(card: Card) -> str:
    if card["kind"] == "trainer":
        return f'<div class="card-text-section">{limitless_text(card["text"])}</div>'
    parts = []
    if card["ability"]:
        parts.append(
            f'<div class="card-text-ability"><p class="card-text-ability-info">Ability: {html.escape(card["ability"]["name"])}</p>'
            f'<p class="card-text-ability-effect">{limitless_text(card["ability"]["text"])}</p></div>'
        )
    for attack in card["attacks"]:
        harm = f"{attack['damage']}{attack['suffix']}" if attack["damage"] else ""
        parts.append(
            f'<div class="card-text-attack"><p class="card-text-attack-info"><span class="ptcg-symbol">{attack["cost"]}</span>\n'
            f'{html.escape(attack["name"])} {harm}</p><p class="card-text-attack-effect">{limitless_text(attack["text"] or "")}</p></div>'
        )
    weakness = NAMES[card["weakness"]] if card["weakness"] else "none"
    rule = f'<p class="card-text-wrr">Its Knock Out is worth {card["points"]} points.</p>' if card["ex"] else ""
    return (
        f'<div class="card-text-section">{"".join(parts)}</div><div class="card-text-section">'
        f'<p class="card-text-wrr">Weakness: {weakness}<br>Retreat: {card["retreat"]}</p>{rule}</div>'
    )


# --- Serebii ----------------------------------------------------------------------------------------------------------


def serebii_set(numbers: Iterable[int]) -> str:
    """The list of a set."""
    rows = "".join(
        f'<tr><td class="cen"><a href="/tcgpocket/{SLUG}/{n:03d}.shtml">{n:03d} / 041</a></td></tr>'
        for n in sorted(numbers)
    )
    return _page(TITLE, f'<i>Release Date: never</i><table class="dextable">{rows}</table>')


def serebii_text(text: str) -> str:
    """A text with its Energy symbols as pictures."""
    return _ENERGY.sub(
        lambda found: f'<img src="/tcgpocket/image/{NAMES[found[1]].lower()}.png" alt="{NAMES[found[1]]}">',
        html.escape(text, quote=False),
    )


def serebii_card(card: Card, number: int) -> str:
    """The page of a print."""
    base, tail = (card["name"][:-3], " ex") if card["name"].endswith(" ex") else (card["name"], "")
    name = f'<td class="main"><b><font size="4">{html.escape(base)}</font></b>{tail}</td>'
    if card["kind"] == "trainer":
        kind = {"tool": "Pokémon Tool", "fossil": "Item"}.get(card["trainer_type"], card["trainer_type"].capitalize())
        hp = '<td align="right"><b>40 HP</b></td>' if card["trainer_type"] == "fossil" else ""
        inner = (
            f'<tr>{name}{hp}</tr><tr><td class="small">Trainer - {kind}</td></tr>'
            f'<tr><td class="main trainer">{serebii_text(card["text"])}</td></tr>'
        )
    else:
        inner = _serebii_pokemon(card, name)
    body = (
        '<table class="tcgtable"><tr><td class="foocard"><img src="/card.jpg"></td><td class="cardinfo"><table>'
        f'{inner}</table></td></tr></table><table class="dextable"><tr><td class="fooevo">Shore pack</td>'
        '<td class="cen"><img src="/tcgpocket/image/diamond3.png"></td></tr></table>'
    )
    return _page(card["name"], body)


def _serebii_pokemon(card: Card, name: str) -> str:
    def image(letter: str) -> str:
        return f'<img src="/tcgpocket/image/{NAMES[letter].lower()}.png" alt="{NAMES[letter]}">'

    stage = (
        "Basic Pokémon"
        if card["stage"] == 0
        else f"Stage {card['stage']} - Evolves from {html.escape(card['evolves_from'])}"
    )
    rows = [
        f'<tr>{name}<td align="right"><b>{card["hp"]} HP</b></td><td width="20">{image(card["type"])}</td></tr>',
        f'<tr><td class="small">{stage}</td></tr>',
    ]
    if card["ability"]:
        rows.append(
            f'<tr><td><img src="/tcgpocket/image/ability.png" alt="Ability"></td><td><span class="main"><b>'
            f"{html.escape(card['ability']['name'])}</b></span><br>{serebii_text(card['ability']['text'])}</td></tr>"
        )
    for attack in card["attacks"]:
        harm = f"{attack['damage']}{attack['suffix']}" if attack["damage"] else ""
        rows.append(
            f'<tr><td width="15%">{"".join(map(image, attack["cost"]))}</td><td><span class="main"><a href="/attack"><b>'
            f"{html.escape(attack['name'])}</b></a></span><br>{serebii_text(attack['text'] or '')}</td>"
            f'<td colspan="2" class="main"><b>{harm}</b></td></tr>'
        )
    weakness = f"<td>{image(card['weakness'])}+20</td>" if card["weakness"] else "<td></td>"
    rows.append(
        f'<tr><td class="small">Weakness</td>{weakness}<td class="small">Retreat Cost</td><td>{image("C") * card["retreat"]}</td></tr>'
    )
    return "".join(rows)


# --- Bulbapedia -------------------------------------------------------------------------------------------------------


def _wiki(title: str, text: str) -> str:
    return json.dumps({"parse": {"title": title, "pageid": 1, "wikitext": {"*": text}}})


def bulbapedia_set(prints: dict[int, Card]) -> str:
    """The list of a set, in both forms that the wiki has."""
    lines = ["'''Loopback Isles''' is a set of invented cards.", "==Set list==", "{{Setlist/header}}"]
    for number, card in sorted(prints.items()):
        link = f"{{{{TCG ID|{TITLE}|{card['name']}|{number}}}}}"
        if number % 2:
            lines.append(f"{{{{Setlist/entry|{number:03d}/041|{link}|Fire||Common}}}}")
        else:
            lines.append(f"| {number:03d}/041 || {link} || {{{{TCG Icon|Fire}}}} || {{{{Rar/TCGP|Diamond|2}}}}\n|-")
    return _wiki(f"{TITLE} (TCG Pocket)", "\n".join([*lines, "{{Setlist/footer}}"]))


def wiki_text(text: str) -> str:
    """A text with its Energy symbols as templates, and links."""
    shown = _ENERGY.sub(lambda found: f"{{{{e|{NAMES[found[1]]}}}}}", text)
    return shown.replace("Bench", "[[Bench (TCG)|Bench]]", 1).replace("Poisoned", "{{TCG|Poisoned}}", 1)


def bulbapedia_card(card: Card, number: int) -> str:
    """The wikitext of a print."""
    if card["kind"] == "trainer":
        kind = {"tool": "Pokémon Tool", "fossil": "Item"}.get(card["trainer_type"], card["trainer_type"].capitalize())
        hp = "|hp=40\n" if card["trainer_type"] == "fossil" else ""
        text = (
            f"{{{{TCG Card Infobox/Trainer/Pocket\n|en name={card['name']}\n|subtype={kind}\n{hp}}}}}\n"
            f"{{{{Cardtext/Trainer/Pocket\n|subtype={kind}\n|effect={wiki_text(card['text'])}\n}}}}\n"
        )
    else:
        text = _bulbapedia_pokemon(card)
    return _wiki(f"{card['name']} ({TITLE} {number})", f"<!-- a remark -->\n{text}==Trivia==\nNone.\n")


def _bulbapedia_pokemon(card: Card) -> str:
    species = card["name"].removesuffix(" ex")
    stage = "Basic" if card["stage"] == 0 else f"Stage {card['stage']}"
    fields = [f"|en name={card['name']}", f"|species={species}", f"|evo stage={stage}"]
    if card["evolves_from"]:
        fields.append(f"|prevo name={card['evolves_from']}")
    weakness = NAMES[card["weakness"]] if card["weakness"] else "None"
    fields += [
        f"|type={NAMES[card['type']]}",
        f"|hp={card['hp']}",
        f"|weakness={weakness}",
        f"|retreat cost={card['retreat']}",
    ]
    parts = ["{{TCG Card Infobox/Pokémon/Pocket", *fields, "}}"]
    if card["ability"]:
        name, text = card["ability"]["name"], wiki_text(card["ability"]["text"])
        parts.append(f"{{{{Cardtext/Ability/Pocket\n|name={name}\n|effect={text}\n}}}}")
    for attack in card["attacks"]:
        cost = "".join(f"{{{{e|{NAMES[letter]}}}}}" for letter in attack["cost"])
        harm = f"{attack['damage']}{attack['suffix'].replace('x', '×')}" if attack["damage"] else ""
        text = wiki_text(attack["text"] or "")
        parts.append(
            f"{{{{Cardtext/Attack/Pocket\n|name={attack['name']}\n|cost={cost}\n|damage={harm}\n|effect={text}\n}}}}"
        )
    return "\n".join(parts) + "\n"


# --- rules pages ------------------------------------------------------------------------------------------------------


def zendesk_section(articles: Iterable[int]) -> str:
    """The list of a section."""
    links = "".join(
        f'<li><a class="article-list-link" href="/hc/en-us/articles/{n}-about">About {n}</a></li>' for n in articles
    )
    return _page("Rules", f'<ul class="article-list">{links}</ul>')


def zendesk_article(title: str, statements: Iterable[str]) -> str:
    """An article: headings, paragraphs, lists."""
    parts = "".join(f"<h2>{s[1:]}</h2>" if s.startswith("#") else f"<p>{html.escape(s)}</p>" for s in statements)
    return _page(
        title,
        f'<article><h1 class="article-title">{html.escape(title)}</h1><div class="article-body">{parts}</div></article>',
    )
