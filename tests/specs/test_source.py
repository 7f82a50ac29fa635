"""The strict reader of YAML and JSON: what data means, where it stands, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rehearsal_specs import yaml_source
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.source import LARGEST_BYTES, Document, read_source

Read = Callable[..., Document]


@pytest.fixture(name="read", params=["CSafeLoader", "SafeLoader"])
def _read(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read this content; with libyaml's parser and with PyYAML's own."""
    monkeypatch.setattr(yaml_source, "_LOADER", getattr(yaml, request.param))

    def read(content: str | bytes, name: str = "f.yaml") -> Document:
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        return read_source(path)

    return read


class TestYamlMeansWhatItShows:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("true", True),
            ("false", False),
            ("null", None),
            ("~", None),
            ("", None),
            ("0", 0),
            ("-12", -12),
            ("8788", 8788),
            ("yes", "yes"),
            ("NO", "NO"),
            ("on", "on"),
            ("True", "True"),
            ("012", "012"),
            ("0x1F", "0x1F"),
            ("1_000", "1_000"),
            ("1.5", "1.5"),
            ("12:30", "12:30"),
            ("2026-01-31", "2026-01-31"),
            ("'12'", "12"),
            ('"true"', "true"),
            ("9" * 30, "9" * 30),
        ],
    )
    def test_only_true_false_null_and_decimal_integers_are_not_text(
        self, read: Read, written: str, meant: object
    ) -> None:
        """A plain scalar is text unless it is true, false, null or a decimal integer."""
        value = read(f"key: {written}\n").get("key")

        assert (value, type(value)) == (meant, type(meant))

    def test_keys_are_always_text(self, read: Read) -> None:
        """`on:`, `true:`, `1:` and `12:30:` are keys with just these letters."""
        assert read("on: 1\ntrue: 2\n1: 3\n12:30: 4\n").data == {"on": 1, "true": 2, "1": 3, "12:30": 4}

    def test_a_byte_order_mark_is_no_part_of_the_text(self, read: Read) -> None:
        """A file saved with a byte order mark reads like one without."""
        assert read("\ufeffa: 1\n").data == {"a": 1}


class TestPositions:
    def test_every_key_and_value_has_its_place(self, read: Read) -> None:
        """Lines and columns count from 1, in characters, for keys, values and list items."""
        document = read("# first\né:\n  - ä: x\n    ö: [1, 2]\n")

        assert document.values[()] == (2, 1)
        assert document.keys["é",] == (2, 1)
        assert document.values["é", 0] == (3, 5)
        assert document.keys["é", 0, "ö"] == (4, 5)
        assert document.values["é", 0, "ö", 1] == (4, 12)

    def test_json_has_the_same_places(self, read: Read) -> None:
        """A JSON file knows the place of every key and value too."""
        document = read('{\n  "a": {"b": [true, "x\\n"]},\n  "c": null\n}', "f.json")

        assert document.data == {"a": {"b": [True, "x\n"]}, "c": None}
        assert document.keys["a", "b"] == (2, 9)
        assert document.values["a", "b", 1] == (2, 21)
        assert document.values["c",] == (3, 8)

    def test_a_whole_float_is_a_whole_number(self, read: Read) -> None:
        """JSON has one kind of number: 2.0 is 2."""
        value = read('{"a": 2.0, "b": 2.5}', "f.json").data

        assert value == {"a": 2, "b": 2.5}
        assert isinstance(value["a"], int)

    def test_an_endless_number_is_text(self, read: Read) -> None:
        """A number with more digits than any id or instant has is kept as it is written."""
        assert read(f'{{"a": {"9" * 5000}}}', "f.json").data == {"a": "9" * 5000}

    def test_the_digest_is_of_the_bytes(self, read: Read) -> None:
        """The digest changes with any byte, also in a comment."""
        assert read("a: 1\n").digest != read("a: 1 # x\n").digest
        assert len(read("a: 1\n").digest) == 64


UNREADABLE = {
    "empty": ("f.yaml", b"", "1:1: the file is empty. Allowed: a mapping."),
    "blank": ("f.yaml", b" \n\n", "1:1: the file is empty. Allowed: a mapping."),
    "empty json": ("f.json", b"", "1:1: the file is empty. Allowed: a mapping."),
    "only comments": (
        "f.yaml",
        b"# nothing\n",
        "1:1: the file holds nothing but comments. Allowed: a mapping.",
    ),
    "binary": ("f.yaml", b"\x89PNG\r\n\x1a\n\0\0", "1:1: the file is binary, not text. Allowed: UTF-8 text."),
    "binary inside": (
        "f.yaml",
        b"a: b\nc: \0",
        "2:4: the file is binary, not text. Allowed: printable UTF-8 text.",
    ),
    "latin-1": ("f.yaml", b"a: 1\nb: \xe4\n", "2:4: the file is not UTF-8. Allowed: UTF-8 text."),
    "utf-16": ("f.yaml", "a: 1".encode("utf-16"), "1:1: the file is binary, not text. Allowed: UTF-8 text."),
    "control character": ("f.yaml", b"a: \x07", "1:4: the character '\\x07'. Allowed: printable UTF-8 text."),
    "alias": ("f.yaml", b"a: &x 1\nb: *x\n", "2:4: the alias '*x'. Allowed: values written out."),
    "two documents": (
        "f.yaml",
        b"a: 1\n---\nb: 1\n",
        "2:1: a second document. Allowed: one document in a file.",
    ),
    "list as key": (
        "f.yaml",
        b"? [a]\n: b\n",
        "1:3: a mapping or list used as a key. Allowed: text as a key.",
    ),
    "deep yaml": ("f.yaml", b"[" * 5000, "1:41: nested too deeply. Allowed: 40 levels."),
    "deep json": ("f.json", b"[" * 200_000, "1:41: nested too deeply. Allowed: 40 levels."),
    "json without a colon": ("f.json", b'{"a" 1}', "1:6: this is not JSON: expecting ':' delimiter."),
    "json with a comment": ("f.json", b"// x\n{}", "1:1: this is not JSON: expecting value."),
    "two jsons": ("f.json", b"{}\n{}", "2:1: this is not JSON: extra data."),
    "nan": ("f.json", b'{"a": NaN}', "1:7: NaN is not JSON. Allowed: a number."),
    "infinity": ("f.json", b'{"a": -Infinity}', "1:7: -Infinity is not JSON. Allowed: a number."),
    "open quote": ("f.yaml", b"a: 1\nb: 'x\n", "2:4: this is not YAML: "),
    "tab": ("f.yaml", b"a:\n\tb: 1\n", "2:1: this is not YAML: "),
    "two colons": ("f.yaml", b"a: b: c\n", "1:5: this is not YAML: mapping values are not allowed"),
    "bad indent": ("f.yaml", b"a: 1\n b: 2\n", "2:3: this is not YAML: mapping values are not allowed"),
    "too large": (
        "f.yaml",
        b"#" * (LARGEST_BYTES + 1),
        "1:1: the file is too large. Allowed: 4194304 bytes.",
    ),
}


class TestUnreadable:
    @pytest.mark.parametrize(("name", "content", "said"), UNREADABLE.values(), ids=UNREADABLE)
    def test_is_one_line_with_a_place(self, read: Read, name: str, content: bytes, said: str) -> None:
        """What cannot be read is one complaint that starts at the first wrong character."""
        with pytest.raises(SpecError) as caught:
            read(content, name)

        (one,) = caught.value.diagnostics
        assert f"{one.line}:{one.column}: {one.found}. Allowed: {one.allowed}.".startswith(said.rstrip("."))
        assert len(str(one).splitlines()) == 1

    def test_a_missing_file_names_its_neighbour(self, tmp_path: Path) -> None:
        """A file that is not there is named, with the nearest name of the same folder."""
        (tmp_path / "nyra.yaml").write_text("a: 1\n")

        with pytest.raises(SpecError) as caught:
            read_source(tmp_path / "nyrra.yaml")

        expected = f"{tmp_path}/nyrra.yaml:1:1: no such file. Did you mean '{tmp_path}/nyra.yaml'?"
        assert str(caught.value) == expected

    def test_a_missing_folder_is_no_such_file(self, tmp_path: Path) -> None:
        """A path through a folder that is not there is only said to be missing."""
        with pytest.raises(SpecError, match=r"x\.yaml:1:1: no such file\.$"):
            read_source(tmp_path / "nowhere" / "x.yaml")

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        """A folder is refused as such."""
        with pytest.raises(SpecError, match=r":1:1: a folder\. Allowed: one file\.$"):
            read_source(tmp_path)

    @pytest.mark.parametrize("name", ["file/inside", "nul\0"])
    def test_a_path_that_cannot_be_is_said(self, tmp_path: Path, name: str) -> None:
        """A path that the system refuses is one complaint with the system's reason."""
        (tmp_path / "file").write_text("a: 1\n")

        with pytest.raises(SpecError, match="the file cannot be read: "):
            read_source(f"{tmp_path}/{name}")


class TestFlawsOfForm:
    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("f.yaml", "a: 1\nb: 2\na: 3\n", "3:1: the key 'a' is given twice, first in line 1"),
            ("f.yaml", "x: {a: 1, a: 2}\n", "1:11: the key 'a' is given twice, first in line 1"),
            ("f.json", '{"a": 1,\n "a": 2}', "2:2: the key 'a' is given twice, first in line 1"),
            ("f.yaml", "a: &x 1\n", "1:4: the anchor '&x'"),
            ("f.yaml", "a: &x {b: 1}\n", "1:4: the anchor '&x'"),
            ("f.yaml", "a: !!str 1\n", "1:4: the tag 'tag:yaml.org,2002:str'"),
            ("f.yaml", "a: !secret x\n", "1:4: the tag '!secret'"),
        ],
    )
    def test_are_kept_as_problems(self, read: Read, name: str, content: str, said: str) -> None:
        """A duplicate key, an anchor or a tag is complained about, and reading goes on."""
        (one,) = read(content, name).problems

        assert f"{one.line}:{one.column}: {one.found}" == said

    def test_the_same_key_in_two_mappings_is_fine(self, read: Read) -> None:
        """Only one mapping may not have a key twice."""
        assert read("a: {x: 1}\nb: {x: 1}\n").problems == ()


class TestDocument:
    def test_asks_softly(self, read: Read) -> None:
        """Looking for what is not there, or of another type, finds nothing and never fails."""
        document = read("a: [x, 1, {b: y}]\nc: text\n")

        assert document.get("a", 2, "b") == "y"
        assert document.get("a", 9) is None
        assert document.get("c", "b") is None
        assert document.mapping("a") == {}
        assert document.texts("a") == [(("a", 0), "x")]
        assert document.texts("c") == []
