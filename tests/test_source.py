import pickle
from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostics, read_source
from compiler.source import SourceFile, Span, UndecodableSourceError


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, (1, 1)), (1, (1, 2)), (2, (1, 3)), (3, (2, 1)), (4, (3, 1)), (5, (3, 2)), (6, (3, 3))],
)
def test_offsets_have_one_based_places(offset: int, place: tuple[int, int]) -> None:
    assert SourceFile("x.rules", "ab\n\ncd").line_col(offset) == place


@pytest.mark.parametrize(("text", "lines"), [("", [""]), ("a", ["a"]), ("a\n", ["a", ""]), ("a\nb\n", ["a", "b", ""])])
def test_lines_come_without_their_newline(text: str, lines: list[str]) -> None:
    source = SourceFile("x.rules", text)
    assert [source.line(number + 1) for number in range(len(lines))] == lines


def test_line_endings_and_byte_order_mark_are_normalised(tmp_path: Path) -> None:
    path = tmp_path / "x.rules"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert SourceFile.read(path).text == "a\nb\nc\n"


def test_columns_count_characters_not_bytes() -> None:
    source = SourceFile("x.rules", "é×ß")
    assert source.span(2, 3).col == 3


def test_undecodable_file_points_at_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.rules"
    path.write_bytes(b"\xef\xbb\xbfok\r\n\xc3\xa9 \xff rest\n")
    with pytest.raises(UndecodableSourceError) as caught:
        SourceFile.read(path)
    assert (caught.value.span.line, caught.value.span.col) == (2, 3)
    assert caught.value.span.text == "�"


def test_spans_are_values_and_survive_pickling() -> None:
    span = SourceFile("x.rules", "heal 20").span(0, 4)
    copy = pickle.loads(pickle.dumps(span))
    assert copy == span
    assert hash(copy) == hash(span)
    assert copy != Span(SourceFile("x.rules", "heal 30"), 0, 4)
    assert not hasattr(span, "__dict__")


def test_a_span_reads_as_a_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    span = SourceFile(tmp_path / "a" / "x.rules", "one\ntwo three").span(8, 13)
    assert str(span) == "a/x.rules:2:5"
    assert span.text == "three"
    assert span.file.span(4, 7).to(span).text == "two three"


def test_each_way_a_file_cannot_be_read_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    codes = {}
    for name in ("missing", "", "binary", "null\0byte", "binary/child", "x" * 300):
        diagnostics = Diagnostics()
        assert read_source(tmp_path / name, diagnostics) is None
        codes[name[:9]] = [diagnostic.code for diagnostic in diagnostics]
    assert codes == {
        "missing": ["E0001"],
        "": ["E0002"],
        "binary": ["E0003"],
        "null\0byte": ["E0002"],
        "binary/ch": ["E0002"],
        "xxxxxxxxx": ["E0002"],
    }
