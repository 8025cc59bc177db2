"""The store of snapshots: what was fetched, from where, when, and how it was answered.

Bodies are files named by their SHA-256, compressed; an SQLite index says which URL gave which body. A body is written
under another name and renamed, and only then recorded, in one transaction: whoever dies at any point leaves a store in
which every recorded page is whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from compiler.texts import default_text_folder

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, name TEXT NOT NULL, started TEXT NOT NULL, finished TEXT);
CREATE TABLE IF NOT EXISTS visits (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs (id),
    site TEXT NOT NULL,
    url TEXT NOT NULL,
    final_url TEXT NOT NULL,
    fetched TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (job, url)
);
CREATE INDEX IF NOT EXISTS visits_by_url ON visits (url, id);
"""


@dataclass(frozen=True)
class Snapshot:
    """One answer of a site. `digest` is the SHA-256 of `body`, in hexadecimal."""

    site: str
    url: str
    final_url: str
    """Where redirects led."""
    fetched: str
    """ISO 8601, UTC."""
    status: int
    headers: Mapping[str, str]
    digest: str
    body: bytes


class BrokenSnapshotError(Exception):
    """The body of a recorded page is not, or no longer, what was recorded."""


def default_snapshot_folder() -> Path:
    """Where snapshots lie unless somebody says otherwise: beside the texts, outside every repository."""
    return default_text_folder().parent / "snapshots"


class SnapshotStore:
    """Snapshots in a folder. One process at a time writes; see `writing`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._index = sqlite3.connect(folder / "index.sqlite", timeout=30, isolation_level=None)
        self._index.execute("PRAGMA journal_mode = WAL")
        self._index.execute("PRAGMA synchronous = NORMAL")
        self._index.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[bool]:
        """Keep other processes from fetching into this store; False where one is doing so already."""
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    # --- jobs ---------------------------------------------------------------------------------------------------------

    def begin(self, name: str, now: str) -> int:
        """The unfinished job of that name, to be resumed, or a new one."""
        found = self.unfinished(name)
        if found is not None:
            return found
        job = self._index.execute("INSERT INTO jobs (name, started) VALUES (?, ?)", (name, now)).lastrowid
        assert job is not None
        return job

    def unfinished(self, name: str) -> int | None:
        """The job of that name that was interrupted."""
        row = self._index.execute("SELECT id FROM jobs WHERE name = ? AND finished IS NULL", (name,)).fetchone()
        return None if row is None else row[0]

    def finish(self, job: int, now: str) -> None:
        """A job has all that it wants; the next one of its name starts anew."""
        self._index.execute("UPDATE jobs SET finished = ? WHERE id = ?", (now, job))

    def latest_job(self, name: str) -> int | None:
        """The latest job of that name, finished or not."""
        row = self._index.execute("SELECT MAX(id) FROM jobs WHERE name = ?", (name,)).fetchone()
        return row[0]

    # --- pages --------------------------------------------------------------------------------------------------------

    def record(self, job: int, snapshot: Snapshot) -> None:
        """Keep an answer; when this returns, no crash of this process loses it."""
        self._put_body(snapshot.digest, snapshot.body)
        values = (snapshot.site, snapshot.url, snapshot.final_url, snapshot.fetched, snapshot.status)
        self._index.execute(
            "INSERT OR REPLACE INTO visits (job, site, url, final_url, fetched, status, headers, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (job, *values, json.dumps(dict(snapshot.headers), sort_keys=True), snapshot.digest),
        )

    def visit(self, job: int, url: str) -> Snapshot | None:
        """What a job has fetched from a URL; None where it has not, or the body is broken."""
        return self._one("SELECT * FROM visits WHERE job = ? AND url = ?", (job, url))

    def latest(self, url: str) -> Snapshot | None:
        """The latest good answer of any job."""
        return self._one("SELECT * FROM visits WHERE url = ? AND status = 200 ORDER BY id DESC LIMIT 1", (url,))

    def of_job(self, job: int) -> Iterator[Snapshot]:
        """The pages of a job, by URL; broken ones are left out."""
        urls = self._index.execute("SELECT url FROM visits WHERE job = ? ORDER BY url", (job,)).fetchall()
        return (found for (url,) in urls if (found := self.visit(job, url)) is not None)

    def _one(self, query: str, values: tuple[int | str, ...]) -> Snapshot | None:
        row = self._index.execute(query, values).fetchone()
        if row is None:
            return None
        _, _, site, url, final_url, fetched, status, headers, digest = row
        try:
            body = self._body(digest)
        except BrokenSnapshotError:
            return None
        return Snapshot(site, url, final_url, fetched, status, json.loads(headers), digest, body)

    # --- bodies -------------------------------------------------------------------------------------------------------

    def _path(self, digest: str) -> Path:
        return self.folder / "bodies" / digest[:2] / f"{digest}.gz"

    def _put_body(self, digest: str, body: bytes) -> None:
        path = self._path(digest)
        with contextlib.suppress(BrokenSnapshotError):
            self._body(digest)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(gzip.compress(body, compresslevel=6, mtime=0))
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise

    def _body(self, digest: str) -> bytes:
        try:
            body = gzip.decompress(self._path(digest).read_bytes())
        except (OSError, EOFError, ValueError) as error:
            raise BrokenSnapshotError(digest) from error
        if hashlib.sha256(body).hexdigest() != digest:
            raise BrokenSnapshotError(digest)
        return body
