"""The commands that run games: verify, play."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from compiler.cli.common import Command, JsonOption, SpecArgument, app, load_program, names_in, reporting


@app.command(cls=Command)
def verify(
    spec: SpecArgument,
    level: Annotated[str, typer.Option("--level", metavar="L1,…", help="L1, L2, L3 or all.")] = "all",
    episodes: Annotated[int | None, typer.Option("--episodes", min=1, help="Games to play.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of setups, luck and players.")] = 0,
    decks: Annotated[
        str | None,
        typer.Option("--decks", metavar="A,B", help="Keys or titles of the rows given at reset; random by default."),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="NAME,…", help="Who plays: uniform, eager, greedy, mixed."),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="NAME", help="What is verified: jax or interp."),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            "--reference", metavar="NAME", help="A reference of the manifest, python:… or cmd:…, or none; repeatable."
        ),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option("--replay", metavar="TRACE", help="Play a recorded disagreement again, and nothing else."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 1,
    timeout: Annotated[float, typer.Option("--timeout", min=0.01, help="Seconds a reference may take to answer.")] = 30,
    traces: Annotated[
        Path, typer.Option("--traces", metavar="DIR", help="Where disagreements are written down.")
    ] = Path(".specc-cache/traces"),
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page of what was compared how often.")
    ] = None,
    least: Annotated[
        int, typer.Option("--least", min=0, help="Fail where a text was compared less often than this.")
    ] = 0,
    json: JsonOption = None,
) -> None:
    """Run the engine against the interpreter, the scenarios and the references."""
    with reporting(json) as report:
        loaded = load_program(spec, report, whole=True)
        from compiler.conformance.verify import LEVELS, Options
        from compiler.conformance.verify import verify as verify_spec

        options = Options(
            levels=LEVELS if level == "all" else tuple(names_in(level.upper())),
            episodes=episodes,
            seed=seed,
            decks=tuple(names_in(decks)),
            policies=tuple(names_in(policy)),
            engine=engine,
            references=tuple(reference or ()),
            replay=replay,
            workers=workers,
            timeout=timeout,
            traces=traces,
        )
        found = verify_spec(options, loaded.spec, loaded.program, console=report.console)
        found.print(report.console)
        report.document.update(found.to_json())
        if html is not None:
            from compiler.conformance.heatmap import html_page, page_of
            from compiler.files import write_text

            write_text(html, html_page(page_of(found, loaded.spec.manifest.title)))
            report.say(f"wrote {html}")
        rare = found.rarer_than(least)
        if rare:
            report.say(f"compared less than {least} times: {', '.join(rare)}")
        report.ok = found.ok and not rare


@app.command(cls=Command)
def play(
    spec: SpecArgument,
    auto: Annotated[bool, typer.Option("--auto", help="Agents play a whole game; nobody is asked.")] = False,
    players: Annotated[
        str | None,
        typer.Option("--players", metavar="WHO,…", help="human, random or eager: one for each player, or one for all."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of the luck; by default another every time.")] = None,
    decks: Annotated[
        str | None,
        typer.Option("--decks", metavar="A,B", help="Keys or titles of the rows given at reset; random by default."),
    ] = None,
    delay: Annotated[float, typer.Option("--delay", min=0, max=60, help="Seconds after an agent's decision.")] = 0.0,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a replay of the game as a page for browsers.")
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="DIR", help="Write a picture of every step into a folder.")
    ] = None,
    viewer: Annotated[
        str | None,
        typer.Option("--viewer", metavar="WHO", help="Whose eyes replay and pictures have: a player's number, or all."),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Play a game in the terminal, against simple agents or with others at one screen."""
    with reporting(json) as report:
        loaded = load_program(spec, report)
        from compiler import play as playing
        from compiler.conformance.policies import Taste
        from compiler.play import PlayOptions

        count = loaded.program.players
        names = [f"player {player}" for player in range(count)]
        recorder = None
        if html is not None or svg is not None:
            look = playing.load_look(loaded.program, loaded.spec.view)
            recorder = playing.Recorder(loaded.program, look, names, _viewers(viewer, count))
        elif viewer is not None:
            raise typer.BadParameter("--viewer: who looks at a replay or pictures; give --html or --svg, too")
        verify = loaded.spec.manifest.verify
        taste = Taste(verify.eager, verify.last, verify.score)
        options = PlayOptions(
            players=_agents(players, count, auto),
            seed=seed if seed is not None else 0 if auto else int.from_bytes(os.urandom(4), "big"),
            decks=tuple(names_in(decks)),
            delay=delay,
            auto=auto,
        )
        played = playing.play(loaded.program, taste, options, report.console, recorder=recorder)
        report.document.update(played.to_json())
        if recorder is not None:
            if html is not None:
                people = [f"{name} ({agent})" for name, agent in zip(names, options.players, strict=True)]
                playing.write_html(html, recorder.frames, loaded.spec.manifest.title, people)
                report.say(f"wrote {html}")
            if svg is not None:
                report.say(f"wrote {len(playing.write_svg(svg, recorder.frames[recorder.viewers[0]]))} stills to {svg}")


# --- helpers --------------------------------------------------------------------------------------------------------


def _agents(players: str | None, count: int, auto: bool) -> tuple[str, ...]:
    """Who plays, from what was typed."""
    from compiler.diagnostics import did_you_mean
    from compiler.play import AGENTS

    if players is None:
        return ("eager",) * count if auto else ("human", *("eager",) * (count - 1))
    given = tuple(name.casefold() for name in names_in(players))
    for name in given:
        if name not in AGENTS:
            hint = did_you_mean(name, AGENTS) or f"choose from {', '.join(AGENTS)}"
            raise typer.BadParameter(f"--players: '{name}' is no agent; {hint}")
    if len(given) not in (1, count):
        raise typer.BadParameter(f"--players: {len(given)} are given; the game has {count} players")
    if auto and "human" in given:
        raise typer.BadParameter("--auto asks nobody, so that no player can be human")
    return given * (count if len(given) == 1 else 1)


def _viewers(viewer: str | None, players: int) -> tuple[int | None, ...]:
    """Who looks, from what was typed: None is somebody who sees everything."""
    if viewer is None:
        return (None, *range(players))
    if viewer == "all":
        return (None,)
    if viewer.isascii() and viewer.isdecimal() and len(viewer) < 3 and int(viewer) < players:
        return (int(viewer),)
    raise typer.BadParameter(
        f"--viewer: '{viewer}' is no player; choose from all, {', '.join(map(str, range(players)))}"
    )
