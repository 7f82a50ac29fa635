"""Where the shipped manifests and features are: beside the sources in a checkout, inside the package in a
wheel.

Decides: which of the two, and what a word on the command line means.  Does not read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from rehearsal_specs.diagnostics import Diagnostic, nearest

HERE = Path(__file__).resolve().parent
KINDS = (".yaml", ".yml", ".json")


def shipped(kind: str) -> Path:
    """The folder of shipped `manifests` or `features`."""
    packed = HERE / "shipped" / kind
    return packed if packed.is_dir() else HERE.parent.parent / kind


def package_folder(package: str) -> Path:
    """The folder an importable package lies in; the package is not imported."""
    spec = find_spec(package)
    assert spec is not None  # the three packages are installed together
    assert spec.origin is not None
    return Path(spec.origin).parent


def manifests_named(words: Sequence[str]) -> tuple[list[Path], list[Diagnostic]]:
    """The manifests that command-line words mean, each once: a file, every manifest directly in a folder, or
    the name of a shipped service; and what is wrong with the words.
    """
    paths: dict[Path, None] = {}
    problems: list[Diagnostic] = []
    for word in words:
        path, by_name = Path(word), shipped("manifests") / f"{word}.yaml"
        found = [path]
        if path.is_dir():
            found = sorted(each for each in path.iterdir() if each.suffix in KINDS and each.is_file())
        elif not path.exists() and path.parent == Path() and not path.suffix:
            found = [by_name] if by_name.is_file() else []
        paths |= dict.fromkeys(found)
        if not found:
            problems.append(_nothing_named(word, path))
    return list(paths), problems


def _nothing_named(word: str, path: Path) -> Diagnostic:
    if path.is_dir():
        return Diagnostic(word, 1, 1, "no manifest directly in this folder", "*.yaml, *.yml or *.json")
    names = sorted(each.stem for each in shipped("manifests").glob("*.yaml"))
    allowed = f"a file, a folder, or a shipped service: {', '.join(names)}"
    return Diagnostic(word, 1, 1, "no such file", allowed, nearest(word, names))


def features_for(manifest: Path, service: str) -> Path:
    """`features/<service>` beside the manifest's folder, or else the shipped one."""
    beside = manifest.resolve().parent.parent / "features" / service
    return beside if beside.is_dir() else shipped("features") / service
