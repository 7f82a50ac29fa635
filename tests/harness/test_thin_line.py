"""The thin line through every layer: a story, the search, a broken backend, a finding's file, its replay."""

from __future__ import annotations

import hmac
from hashlib import sha256
from pathlib import Path

import pytest

from rehearsal_harness.cli import FINDING, PROVED, main
from rehearsal_harness.targets import reference
from rehearsal_harness.targets.backend import Backend, Collaborators

MANIFEST = str(Path(__file__).parents[2] / "manifests" / "nyra-billing-server.yaml")


def believes_anybody(given: Collaborators) -> Backend:
    """The reference server behind a proxy that signs what comes unsigned."""
    real = reference.create(given)

    def app(environ, start_response):
        if environ["PATH_INFO"].endswith("/webhook") and "HTTP_STRIPE_SIGNATURE" not in environ:
            body, now = environ["wsgi.input"].getvalue(), given.clock()
            secret = given.environ["STRIPE_WEBHOOK_SECRET"]
            mac = hmac.new(secret.encode(), b"%d." % now + body, sha256).hexdigest()
            environ["HTTP_STRIPE_SIGNATURE"] = f"t={now},v1={mac}"
        return real.app(environ, start_response)

    return Backend(app=app, reconcile=real.reconcile)


def test_a_finding_is_written_and_replays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A backend that believes anybody is REFUTED; the file replays, and no longer breaks on the reference."""
    monkeypatch.chdir(tmp_path)
    app = "test_thin_line:believes_anybody"
    monkeypatch.syspath_prepend(str(Path(__file__).parent))

    assert main(["run", MANIFEST, "--app", app, "--story", "a delivery without a signature"]) == FINDING
    shown = capsys.readouterr().out
    assert "REFUTED" in shown
    assert "forged_refused" in shown
    (finding,) = (tmp_path / ".rehearsal" / "findings").iterdir()
    assert f"rehearse replay .rehearsal/findings/{finding.name}" in shown

    assert main(["replay", str(finding)]) == FINDING
    assert "forged_refused" in capsys.readouterr().out
    assert main(["replay", str(finding), "--app", "rehearsal_harness.targets.reference:create"]) == PROVED
