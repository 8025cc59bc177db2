"""Serve the invented set, or write a project for it: see docs/scraping.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.scrape_site.project import create
from tests.scrape_site.server import LoopbackSite, invented_pages


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.scrape_site", description=__doc__)
    parser.add_argument("--port", type=int, help="serve the pages on this port of 127.0.0.1")
    parser.add_argument("--project", type=Path, help="write a project without cards into this folder")
    args = parser.parse_args()
    if args.project is not None:
        print(f"wrote {create(args.project)}")
    if args.port is not None:
        site = LoopbackSite(invented_pages(), port=args.port)
        print(f"serving on {site.url}", flush=True)
        site.serve()


if __name__ == "__main__":
    main()
