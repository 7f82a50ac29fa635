"""The front door: every mistake at once, at its place, and nothing but SpecError for a wrong file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal_specs import reader
from rehearsal_specs.diagnostics import Diagnostic, SpecError
from rehearsal_specs.reader import read_checked, read_manifest, rules_of
from rehearsal_specs.source import Keys, Place, read_source

Complaints = Callable[..., list[str]]
DATA = Path(__file__).parent / "data"

# Below these, keys are the author's own names: a typo makes another name, not an unknown key.
FREE = {
    ("operations",),
    ("secrets",),
    ("variables",),
    ("offers",),
    ("go_no_go",),
    ("storage", "require_persistent"),
}


class TestReadManifest:
    def test_reports_every_mistake_sorted_by_place(self, complaints: Complaints) -> None:
        """Form, schema and references are complained about together, as data/broken.txt shows."""
        golden = (DATA / "broken.txt").read_text("utf-8").splitlines()

        assert complaints((DATA / "broken.yaml").read_text("utf-8")) == golden

    def test_every_misspelt_key_is_reported_once_at_its_place(
        self, manifest_path: Path, tmp_path: Path
    ) -> None:
        """Whatever known key is misspelt: one complaint, its line and column, the right hint."""
        lines = manifest_path.read_text("utf-8").splitlines()
        known = {
            keys: place for keys, place in read_source(manifest_path).keys.items() if keys[:-1] not in FREE
        }
        assert len(known) > 200

        for index, (keys, place) in enumerate(known.items()):
            key = str(keys[-1])
            typo = (key[:-1], key[0] + key, key[:2] + key[1:], key.swapcase())[index % 4]
            complaint = _only_complaint(tmp_path, lines, key, typo, place)
            assert (complaint.line, complaint.column, complaint.hint) == (*place, key), str(complaint)

    def test_no_value_makes_it_crash(self, manifest_path: Path, tmp_path: Path) -> None:
        """A value of any other kind anywhere gives complaints or a valid manifest, never a crash."""
        document = read_source(manifest_path)
        path = tmp_path / "m.json"
        for index, keys in enumerate(document.values):
            odd = (None, [], {}, [["x"]], {"x": None}, -1, 1.5, True, "x", "\ud800")[index % 10]
            path.write_text(json.dumps(_replaced(document.data, keys, odd)), "utf-8")
            try:
                read_manifest(path)
            except SpecError as error:
                assert all(each.line >= 1 and each.found for each in error.diagnostics)  # noqa: PT017

    def test_reads_json_like_yaml(self, manifest_path: Path, tmp_path: Path) -> None:
        """The same manifest as JSON gives the same values."""
        path = tmp_path / "m.json"
        path.write_text(json.dumps(read_source(manifest_path).data), "utf-8")

        as_json, as_yaml = read_manifest(path), read_manifest(manifest_path)
        assert as_json.access == as_yaml.access
        assert as_json.operations == as_yaml.operations
        assert as_json.secrets == as_yaml.secrets


TABLE = """\
object: subscription
rows:
  - id: row_1
    from: a
    when: first
    to: b
    emits: []
    why: because
    assumed: true
  - id: row_2
    from: a
    when: second
    to: c
    emits: [invoice.paid]
    why: because
    source: https://docs.stripe.com/billing
"""

WRONG_ROWS = {
    "unknown key": (
        "to: c",
        "too: c",
        "13:5: unknown key 'too'. Allowed: id, from, when, to, emits, why, source, assumed. "
        "Did you mean 'to'?",
    ),
    "id twice": ("row_2", "row_1", "10:9: the id 'row_1' is taken, see t.yaml:3. Allowed: each id once."),
    "cause twice": (
        "second",
        "first",
        "10:5: a second row for 'first' from 'a', see t.yaml:3. Allowed: one row for each from and when.",
    ),
    "unknown event type": (
        "invoice.paid",
        "invoice.payed",
        "14:13: the event type 'invoice.payed' is not known. Allowed: a type of events.yaml. "
        "Did you mean 'invoice.paid'?",
    ),
    "source that is no source": (
        "https://docs.stripe.com/billing",
        "http://docs",
        "16:13: 'source' is the text 'http://docs'. "
        "Allowed: an https:// address, or a sentence that names the source.",
    ),
    "neither source nor assumed": (
        "    assumed: true\n",
        "",
        "3:5: item 1 of 'rows' lacks the key 'source'.",
    ),
    "assumed but not": ("assumed: true", "assumed: false", "9:14: 'assumed' is false. Allowed: true."),
    "unknown object": (
        "object: subscription",
        "object: Subscription",
        "1:9: 'object' is the text 'Subscription'. "
        "Allowed: an object of Stripe, such as subscription or checkout.session.",
    ),
}


class TestTables:
    @pytest.mark.parametrize(("old", "new", "said"), WRONG_ROWS.values(), ids=WRONG_ROWS)
    def test_a_wrong_row_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
    ) -> None:
        """A mistake in a table of Stripe's behaviour is complained about at its place."""
        monkeypatch.chdir(tmp_path)
        path = Path("t.yaml")
        path.write_text(TABLE)
        assert [row.id for row in rules_of([path]).rows] == ["row_1", "row_2"]

        path.write_text(TABLE.replace(old, new))
        with pytest.raises(SpecError) as caught:
            rules_of([path])
        assert str(caught.value) == f"t.yaml:{said}"

    def test_rows_are_unique_across_files(self, tmp_path: Path) -> None:
        """An id that another table uses is refused, naming both places."""
        row = "rows:\n  - {id: row_1, from: a, when: first, to: b, emits: [], why: because, assumed: true}\n"
        one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
        one.write_text(f"object: invoice\n{row}")
        two.write_text(f"object: charge\n{row}")

        with pytest.raises(SpecError) as caught:
            rules_of([one, two])
        assert (
            str(caught.value) == f"{two}:3:10: the id 'row_1' is taken, see {one}:3. Allowed: each id once."
        )

    def test_a_file_with_a_schema_is_checked(self, tmp_path: Path) -> None:
        """A finding that lacks what a replay needs is refused before it is used."""
        path = tmp_path / "finding.json"
        path.write_text('{"format": 2}')

        with pytest.raises(SpecError, match=r"finding\.json:1:12: 'format' is the number 2\. Allowed: 1\."):
            read_checked(path, "finding")


class TestCost:
    def test_reading_imports_nothing_heavy(self, manifest_path: Path) -> None:
        """Reading a manifest imports none of the packages that take long to import."""
        code = (
            "import sys; from rehearsal_specs.reader import read_manifest; read_manifest(sys.argv[1]);"
            "print(*sorted({'stripe', 'falcon', 'pytest', 'rich', 'requests'} & set(sys.modules)))"
        )
        folder = str(Path(reader.__file__).parents[1])

        done = subprocess.run(
            [sys.executable, "-c", code, str(manifest_path)],
            env={"PYTHONPATH": folder}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == ""

    def test_types_need_no_reader(self) -> None:
        """Importing the types alone imports no YAML and no schema."""
        code = (
            "import sys; import rehearsal_specs.tables, rehearsal_specs.manifest;"
            "print(*sorted({'yaml', 'jsonschema', 'rehearsal_specs.reader'} & set(sys.modules)))"
        )
        folder = str(Path(reader.__file__).parents[1])

        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": folder},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == ""


def _only_complaint(folder: Path, lines: list[str], key: str, typo: str, place: Place) -> Diagnostic:
    """What is said when the key at `place` is written as `typo`; it must be one thing."""
    line, column = place
    edited = list(lines)
    text = edited[line - 1]
    edited[line - 1] = text[: column - 1] + typo + text[column - 1 + len(key) :]
    path = folder / "m.yaml"
    path.write_text("\n".join(edited), "utf-8")
    with pytest.raises(SpecError) as caught:
        read_manifest(path)
    (one,) = caught.value.diagnostics
    return one


def _replaced(data: object, keys: Keys, value: object) -> object:
    """A copy of `data` with another value at `keys`."""
    if not keys:
        return value
    copied = json.loads(json.dumps(data))
    at = copied
    for key in keys[:-1]:
        at = at[key]
    at[keys[-1]] = value
    return copied
