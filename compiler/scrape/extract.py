"""From snapshots to records: pure functions, which need no network and can be run again at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compiler.scrape.page import Page
from compiler.scrape.records import Complaint, Record, snippet
from compiler.scrape.site import Site, Variables
from compiler.scrape.snapshots import Snapshot


@dataclass(frozen=True)
class Extraction:
    """What one page says."""

    records: tuple[Record, ...] = ()
    links: tuple[str, ...] = ()
    complaints: tuple[Complaint, ...] = ()


def extract(site: Site, snapshot: Snapshot, known: Sequence[Variables] = ()) -> Extraction:
    """What a snapshot says, by the reader of its kind of page. It never raises.

    `known` are sets of variables that belong together, such as a set's code and its name on each site; those that
    agree with the URL are added to the variables of the page.
    """
    found = site.kind_of(snapshot.url)
    if found is None:
        complaint = Complaint(snapshot.url, "page", f"is no page that the adapter of {site.name} knows", "")
        return Extraction(complaints=(complaint,))
    kind, variables = found
    page = Page(snapshot, kind, _completed(variables, known))
    try:
        kind.read(page)
    except Exception as error:  # an adapter must not end a scrape of a thousand pages; its fault is reported
        message = f"the adapter of {site.name} failed: {type(error).__name__}"
        page.complaints.append(Complaint(snapshot.url, "page", message, snippet(str(error))))
        page.records.clear()
    return Extraction(tuple(page.records), tuple(dict.fromkeys(page.links)), tuple(page.complaints))


def _completed(variables: Mapping[str, str], known: Sequence[Variables]) -> dict[str, str]:
    for more in known:
        shared = variables.keys() & more.keys()
        if shared and all(variables[name] == more[name] for name in shared):
            return {**more, **variables}
    return dict(variables)
