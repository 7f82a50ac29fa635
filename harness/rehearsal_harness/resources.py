"""Where the shipped manifests and features are: beside the sources in a checkout, inside the package in a
wheel.

Decides: which of the two.  Does not read them.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent


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


def manifest_paths(named: str) -> list[Path]:
    """The manifests that a command-line word means: a file, every manifest directly in a folder, or the name
    of a shipped service.  Empty when there is none; a path that does not exist is returned as it is.
    """
    path = Path(named)
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.suffix in (".yaml", ".yml", ".json"))
    by_name = shipped("manifests") / f"{named}.yaml"
    if not path.exists() and path.parent == Path() and by_name.is_file():
        return [by_name]
    return [path]


def features_for(manifest: Path, service: str) -> Path:
    """`features/<service>` beside the manifest's folder, or else the shipped one."""
    beside = manifest.resolve().parent.parent / "features" / service
    return beside if beside.is_dir() else shipped("features") / service
