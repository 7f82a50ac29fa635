"""A backend is its code and the versions it runs with: when either changes, evidence of it is of another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from launching import ROOT

from rehearsal_harness.reports.digests import REFERENCE, target_digest, tree_digest
from rehearsal_harness.resources import package_folder


def digest_of(folder: Path, monkeypatch: pytest.MonkeyPatch, lock: str | None, code: str = "x = 1\n") -> str:
    """The digest of `lately_made:create`, a package in `folder` with this lock file above it."""
    package = folder / "lately_made"
    shutil.rmtree(folder, ignore_errors=True)
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(code, "utf-8")
    if lock is not None:
        (folder / "uv.lock").write_text(lock, "utf-8")
    monkeypatch.syspath_prepend(folder)
    tree_digest.cache_clear()
    digest = target_digest("lately_made:create")
    assert digest is not None
    return digest


def test_another_version_makes_another_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed lock file, none at all, and changed code: four digests."""
    folder = tmp_path / "made"
    found = [
        digest_of(folder, monkeypatch, "falcon 4.0"),
        digest_of(folder, monkeypatch, "falcon 4.1"),
        digest_of(folder, monkeypatch, None),
        digest_of(folder, monkeypatch, "falcon 4.0", code="x = 2\n"),
    ]

    assert len(set(found)) == 4
    assert digest_of(folder, monkeypatch, "falcon 4.0") == found[0]


def test_what_is_installed_has_no_lock_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that happens to lie in site-packages says nothing about one package there."""
    folder = tmp_path / "site-packages"

    assert digest_of(folder, monkeypatch, "a") == digest_of(folder, monkeypatch, None)


def test_the_reference_servers_requirements_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """They lie beside its package, in a checkout."""
    monkeypatch.setattr("rehearsal_harness.reports.digests.LOCK_FILES", ())
    code = target_digest(REFERENCE)
    monkeypatch.undo()

    assert (ROOT / "server" / "requirements.txt").is_file()
    assert package_folder("rehearsal_server").parent == ROOT / "server"
    assert target_digest(REFERENCE) != code
