"""The desktop against the real server and the simulated Stripe, over HTTP, from checkout to the end."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from signed_manifest import KEYS_ENV, jwk, key_set, private_key, signed_manifest
from town import Town

from rehearsal_harness.cli import main
from rehearsal_harness.cli.desktop import BUTTONS
from rehearsal_harness.core.actions import CancelNow, CompleteCheckout
from rehearsal_harness.desktop_app.signature import read_public_keys

ROOT = Path(__file__).parents[3]
MANIFEST = ROOT / "manifests" / "nyra-billing-server.yaml"
DOCUMENT = ROOT / "docs" / "desktop-client.md"
SEVEN = (
    "API swarm chat",
    "voice",
    "realtime",
    "screen capture",
    "computer control",
    "file/app control",
    "developer terminal",
)


class Desk:
    """One installation, used from the command line."""

    def __init__(self, state: Path, captured: pytest.CaptureFixture[str]) -> None:
        self.state = state
        self._captured = captured
        self.said = ""

    def press(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and answer of one button."""
        code = main(["desktop", *words, "--state", str(self.state), "--json"])
        said = self._captured.readouterr()
        self.said += said.out + said.err
        return code, json.loads(said.out) if said.out else {"error": said.err}

    def code(self, *words: str) -> tuple[int, str]:
        """Exit code and CODE."""
        code, answer = self.press(*words)
        return code, str(answer["code"])

    def gates(self, *words: str) -> set[int]:
        """The exit codes of the seven gates."""
        return {self.press("feature", name, *words)[0] for name in SEVEN}

    def saved(self) -> dict[str, Any]:
        return dict(json.loads(self.state.read_text("utf-8")))


NewDesk = Callable[..., Desk]


@pytest.fixture(name="town", params=["keys", "secret"])
def _town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """A server whose licences are signed with keys, and one that has a shared secret, as in the seed."""
    if request.param == "keys":
        path, keys = signed_manifest(MANIFEST, tmp_path / "signed.yaml"), key_set(jwk(1))
    else:
        path, keys = MANIFEST, ""
    town = Town(path, tmp_path, keys)
    town.start()
    yield town
    town.close()


@pytest.fixture(name="new_desk")
def _new_desk(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> NewDesk:
    """Install the app for the town's server."""

    def new_desk(name: str) -> Desk:
        desk = Desk(tmp_path / name / "state.json", capsys)
        keys = ["--public-keys", str(town.public_keys())] if town.keys else []
        code, _ = desk.press(
            "settings", "--server-url", town.url, "--email", "ada@example.test",
            "--manifest", str(town.manifest_path), *keys,
        )  # fmt: skip
        assert code == 0
        return desk

    return new_desk


def activated(town: Town, desk: Desk) -> None:
    assert desk.press("checkout")[1]["url"].startswith("https://checkout.stripe.com/")
    town.stripe.happen(CompleteCheckout(town.stripe.session_id))
    assert desk.code("refresh") == (1, "CHECKOUT_PENDING")
    town.deliver()
    assert desk.code("refresh") == (0, "ACTIVE")


def canceled(town: Town) -> None:
    (subscription,) = town.stripe.holder.world.subscriptions
    town.stripe.happen(CancelNow(subscription.id))
    town.deliver()


def newer_second(desk: Desk) -> None:
    """The next licence is a newer one, in whole seconds."""
    while int(time.time()) <= desk.saved()["issuedAt"]:
        time.sleep(0.05)


def test_from_checkout_to_a_canceled_subscription(town: Town, new_desk: NewDesk) -> None:
    """The whole way of one customer: pay, work offline, come back, reinstall, and lose access."""
    desk = new_desk("first")
    assert desk.gates() == {1}
    activated(town, desk)
    assert desk.gates() == {0}
    assert desk.press("portal")[1]["url"].startswith("https://billing.stripe.com/")

    town.stop()
    assert desk.code("refresh") == (1, "OFFLINE_GRACE")
    assert desk.gates("--clock", "+6d") == {0}
    assert desk.gates("--clock", "+8d") == {1}
    assert desk.code("status", "--clock=-2d") == (0, "EXPIRED")
    assert desk.gates("--clock=-2d") == {1}

    town.start()
    newer_second(desk)
    assert desk.code("refresh") == (0, "ACTIVE")
    assert desk.gates() == {0}

    session = desk.saved()["checkoutSessionId"]
    again = new_desk("reinstalled")
    assert again.saved()["deviceId"] != desk.saved()["deviceId"]
    assert again.code("refresh", "--session", session) == (0, "ACTIVE")
    assert again.gates() == {0}

    town.stop()
    town.start()
    canceled(town)
    assert desk.gates() == {0}, "nobody has told this desktop yet"
    assert desk.code("refresh") == (1, "CANCELED")
    assert desk.gates() == {1}
    for each in (desk, again):
        kept = each.saved()
        secrets = [kept["deviceAccessToken"], kept["license"]]
        assert not [secret for secret in secrets if secret and secret in each.said]


@pytest.mark.parametrize("town", ["keys"], indirect=True)
def test_a_key_is_changed_without_anybody_noticing(town: Town, new_desk: NewDesk) -> None:
    """The steps of docs/desktop-client.md: publish the new key, ship it, then sign with it."""
    desk = new_desk("updated")
    late = new_desk("not-updated")
    activated(town, desk)
    session = desk.saved()["checkoutSessionId"]
    assert late.code("refresh", "--session", session) == (0, "ACTIVE")

    town.environ[KEYS_ENV] = key_set(jwk(2), jwk(1))
    keys = town.public_keys()
    both = keys.rename(keys.with_name("both.json"))
    desk.press("settings", "--public-keys", str(both))
    late_keys = keys.with_name("old.json")
    late_keys.write_text(json.dumps({"keys": json.loads(both.read_text())["keys"][1:]}))
    late.press("settings", "--public-keys", str(late_keys))
    town.stop()
    town.start()

    assert desk.code("refresh") == (0, "ACTIVE")
    assert late.press("refresh")[1]["problem"]["code"] == "LICENSE_KEY_UNKNOWN"
    assert late.gates() == {0}, "the licence of the old key still holds"
    assert late.gates("--clock", "+8d") == {1}


@pytest.mark.parametrize("town", ["keys"], indirect=True)
def test_a_state_file_that_its_owner_edits_opens_nothing_more(town: Town, new_desk: NewDesk) -> None:
    """Neither later ends, nor a licence of her own making, nor that of another installation."""
    desk, other = new_desk("edited"), new_desk("other")
    activated(town, desk)
    assert other.code("refresh", "--session", desk.saved()["checkoutSessionId"]) == (0, "ACTIVE")
    assert desk.press("status")[1]["license"] == "its signature was checked"
    kept = desk.saved()
    own = jwt.encode(
        jwt.decode(kept["license"], options={"verify_signature": False}) | {"exp": 2**33},
        private_key(9),
        algorithm="EdDSA",
        headers={"kid": jwt.get_unverified_header(kept["license"])["kid"]},
    )
    early = {"time": 0, "clock": 0}
    for change, code in (
        ({"expiresAt": 2**33, "seen": early}, "EXPIRED"),
        ({"license": own, "expiresAt": 2**33}, "LICENSE_TAMPERED"),
        ({"license": other.saved()["license"]}, "LICENSE_OTHER_DEVICE"),
        ({"license": kept["deviceAccessToken"]}, "LICENSE_NOT_SIGNED_BY_KEY"),
    ):
        desk.state.write_text(json.dumps({**kept, **change}), "utf-8")
        assert desk.press("status", "--clock=+8d")[1]["code"] == code
        assert desk.gates("--clock=+8d") == {1}
        assert desk.press("status")[1]["license"] == (
            "its signature was checked" if code == "EXPIRED" else None
        )


def documented(words: str) -> list[str]:
    """The lines of the documentation that begin with these words, without their comments."""
    lines = (line.partition(" #")[0].strip() for line in DOCUMENT.read_text("utf-8").splitlines())
    return [line for line in lines if line.startswith(words)]


@pytest.mark.parametrize("town", ["secret"], indirect=True)
def test_the_documented_buttons_work(town: Town, new_desk: NewDesk) -> None:
    """Each line of docs/desktop-client.md, for a customer who has paid."""
    desk = new_desk("documented")
    activated(town, desk)
    lines = documented("rehearse desktop ")
    assert {shlex.split(line)[2] for line in lines} == set(BUTTONS)
    for line in lines:
        words = shlex.split(line.replace("http://127.0.0.1:8788", town.url))[2:]
        assert desk.press(*words)[0] == 0, line


def test_the_documented_change_of_a_key_works(tmp_path: Path) -> None:
    """Step by step, in a shell, with the variable that the service declares."""
    path = signed_manifest(MANIFEST, tmp_path / "FILE")
    folder = str(Path(sys.executable).parent)
    own = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", KEYS_ENV: key_set(jwk(1, kid="old"))}
    lines = documented("billing-server new") + documented(f"{KEYS_ENV}=")
    assert len(lines) == 2
    for line in lines:
        subprocess.run(["bash", "-ceu", line], cwd=path.parent, env=own, check=True)
    kept = read_public_keys(tmp_path / "public-keys.json")
    assert len(kept) == 2
    assert list(kept)[1] == "old"
    assert (tmp_path / "next.json").read_text("utf-8").count('"d"') == 2


def test_a_service_that_signs_with_keys_is_proved_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rehearsal gives it a key of its own, and reads where its licences end."""
    monkeypatch.chdir(tmp_path)
    path = signed_manifest(MANIFEST, tmp_path / "signed.yaml")
    assert main(["run", str(path), "--story", "Desktop reinstall", "--audit", "1"]) == 0
    assert "3 proved" in capsys.readouterr().out
