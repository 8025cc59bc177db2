"""Effect texts: their normal form, the hash that stands for them in rules, and the local store of their wording.

The wording of a game's texts belongs to its publisher. Rules name a text by the hash of its normal form; the wording
itself lies in a store outside the repository, put there by a scraper or by `specc texts import`.
"""

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

HASH_PREFIX = "sha256:"
"""What a hash starts with; 64 hexadecimal digits follow."""

_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)


def normalise(text: str) -> str:
    """The normal form of a text: one line, one kind of blank, quote and dash, and no invisible characters.

    Compatibility forms are folded (NFKC), what is not printed (controls, marks of direction, blanks of no width) is
    dropped, and runs of blanks become one. Letter case and words stay. The normal form of a normal form is itself.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    shown = "".join(" " if char.isspace() else char for char in plain if char.isspace() or _is_shown(char))
    return unicodedata.normalize("NFKC", " ".join(shown.split()))


def text_hash(text: str) -> str:
    """`sha256:` and the digits of the SHA-256 of a text's normal form."""
    return HASH_PREFIX + hashlib.sha256(normalise(text).encode()).hexdigest()


def is_text_hash(value: str) -> bool:
    """Whether `value` has the form of a hash that `text_hash` gives."""
    return _HASH.fullmatch(value) is not None


def default_text_folder() -> Path:
    """Where texts lie unless somebody says otherwise: `$SPECC_HOME/texts`, else `~/.local/share/specc/texts`."""
    home = os.environ.get("SPECC_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share" / "specc") / "texts"


class TextStore:
    """A folder of normal forms, a file `<64 digits>.txt` each.

    Methods take hashes with or without their prefix. A file whose content is not what its name says counts as absent.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else default_text_folder()

    def __contains__(self, text_hash: str) -> bool:
        return self.get(text_hash) is not None

    def __iter__(self) -> Iterator[str]:
        """The hashes of the texts that are here, in order."""
        names = sorted(path.stem for path in self.folder.glob("*.txt")) if self.folder.is_dir() else []
        return (HASH_PREFIX + name for name in names if self.get(name) is not None)

    def get(self, text_hash: str) -> str | None:
        """The normal form that a hash stands for, or None where it is not here."""
        digits = text_hash.removeprefix(HASH_PREFIX)
        if not is_text_hash(HASH_PREFIX + digits):
            return None
        try:
            text = (self.folder / f"{digits}.txt").read_text(encoding="utf-8").rstrip("\n")
        except (OSError, ValueError):
            return None
        return text if hashlib.sha256(text.encode()).hexdigest() == digits else None

    def put(self, text: str) -> str:
        """Keep the normal form of a text, and return its hash. Raises OSError when the folder cannot be written."""
        found = text_hash(text)
        if found in self:
            return found
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{found.removeprefix(HASH_PREFIX)}.txt"
        descriptor, temporary = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(normalise(text) + "\n")
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
        return found


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cn", "Cs") and not _is_variation(char)


def _is_variation(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
