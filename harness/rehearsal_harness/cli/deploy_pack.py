"""`rehearse deploy-pack`: write what a container host is handed, or say what of it is stale."""

from __future__ import annotations

import argparse
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, cast

from rehearsal_harness.cli import FINDING, PROVED
from rehearsal_harness.cli.operating import UsageError, on_manifest
from rehearsal_harness.cli.out import say
from rehearsal_harness.operating import deploy_pack as pack
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.source import read_source


def run(options: argparse.Namespace) -> int:
    """0 when every file is as the manifest says, or was made so; 1 with --check when one is not."""

    def carry_out(path: Path, manifest: Manifest) -> int:
        root = path.resolve().parent.parent
        files = files_for(root, path, manifest)
        stale = [name for name, text in files.items() if _read(root / name) != text]
        for name in stale:
            if not options.check:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(files[name], "utf-8")
            say(f"{'stale' if options.check else 'written'}  {name}")
        if stale and options.check:
            say(f"make it again: rehearse deploy-pack {options.manifest}")
            return FINDING
        say(f"{manifest.service}: {len(files)} files of the deploy pack are as the manifest says")
        return PROVED

    return on_manifest(options, carry_out)


def files_for(root: Path, path: Path, manifest: Manifest) -> dict[str, str]:
    """Each file by its path from the root of the repository; raises UsageError outside of a checkout."""
    if not (root / "server" / "rehearsal_server").is_dir() or not (root / "pyproject.toml").is_file():
        raise UsageError(
            f"{path}: {root} is no checkout of the server; expected server/ and pyproject.toml "
            "beside the manifest's folder"
        )
    raw = cast(dict[str, Any], read_source(path).data)
    modules = [each for part in ("server", "specs") for each in (root / part).rglob("*.py")]
    sources = [each.read_text("utf-8") for each in modules]
    needed = pack.requirements(
        (root / "pyproject.toml").read_text("utf-8"), pack.imported(sources), packages_distributions()
    )
    folder = f"server/deployment/{manifest.service}"
    return {
        "server/Dockerfile": pack.DOCKERFILE,
        ".dockerignore": pack.DOCKERIGNORE,
        "server/requirements.txt": needed,
        f"{folder}/deployment-manifest.json": pack.deployment_manifest(raw),
        f"{folder}/DEPLOYMENT_CHECKLIST.md": pack.checklist(manifest, raw),
        f"{folder}/env.example": pack.example_env(manifest),
    }


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None
