"""`rehearse desktop`: what each button says and which exit code it gives."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal_harness.cli import main
from rehearsal_harness.desktop_app import state_file

SERVICE = "nyra-billing-server"
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="desktop")
def _desktop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    """Exit code, standard output and standard error of one button of one installation."""
    monkeypatch.chdir(tmp_path)

    def desktop(*words: str) -> tuple[int, str, str]:
        code = main(["desktop", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return desktop


@pytest.fixture(name="settled")
def _settled(desktop: Said) -> Said:
    """An installation whose server is not there."""
    words = ("--server-url", "http://127.0.0.1:9", "--email", "ada@example.test", "--manifest", SERVICE)
    assert desktop("settings", *words)[0] == 0
    return desktop


def test_settings_are_kept_and_shown(settled: Said, tmp_path: Path) -> None:
    """One change leaves the others; the device id is shown for support."""
    settled("settings", "--support", "mailto:help@example.test")
    shown = json.loads(settled("settings", "--json")[1])
    assert shown.pop("deviceId") == state_file.load(Path(".rehearsal/desktop.json")).client.device.name
    assert shown == {
        "server_url": "http://127.0.0.1:9",
        "email": "ada@example.test",
        "manifest": SERVICE,
        "public_keys": "",
        "support": "mailto:help@example.test",
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("settings", "--server-url", "http://example.test"), "neither https nor on this machine"),
        (("settings", "--email", "ada"), "expected name@host"),
        (("settings", "--manifest", "nyra-billing-serve"), "Did you mean 'nyra-billing-server'?"),
        (("settings", "--public-keys", "missing.json"), "missing.json: No such file"),
        (("settings", "--support", "ftp://x"), "expected https://"),
        (("status",), "rehearse desktop settings --manifest FILE"),
        (("refresh",), "rehearse desktop settings --manifest FILE"),
        (("checkout",), "rehearse desktop settings --email"),
        (("support",), "rehearse desktop settings --support"),
    ],
)
def test_what_is_wrong_or_missing_is_said_with_what_to_do(
    words: tuple[str, ...], said: str, desktop: Said
) -> None:
    """Exit code 2, one line, nothing on standard output."""
    code, out, err = desktop(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_a_server_is_needed_only_to_ask_it(desktop: Said) -> None:
    """The gates work before there is one."""
    desktop("settings", "--manifest", SERVICE)
    assert desktop("feature", "voice")[0] == 1
    assert "rehearse desktop settings --server-url" in desktop("portal")[2] + desktop("refresh")[2]


def test_a_fresh_installation_blocks_every_feature(settled: Said) -> None:
    """Exit code 1 and the reason."""
    assert settled("feature", "voice") == (
        1,
        "'voice' is blocked: there is no licence yet: check out, then refresh (NOT_ACTIVATED)\n",
        "",
    )
    answer = json.loads(settled("status", "--json")[1])
    assert (answer["state"], answer["code"], answer["license"]) == ("inactive", "NOT_ACTIVATED", None)
    assert list(answer["features"].values()) == [False] * 7


def test_a_feature_that_nobody_sells_is_a_mistake(settled: Said) -> None:
    """Not a blocked feature."""
    code, out, err = settled("feature", "Voice")
    assert (code, out) == (2, "")
    assert "Did you mean 'voice'?" in err


def test_a_server_that_is_not_there_is_an_error_state(settled: Said) -> None:
    """Whether the device may is not known."""
    assert settled("checkout")[0] == 1
    code, out, _ = settled("refresh", "--session", "cs_1")
    assert code == 1
    assert out.startswith("error (SERVER_UNREACHABLE): the server could not be reached")
    answer = json.loads(settled("checkout", "--json")[1])
    assert (answer["url"], answer["code"]) == (None, "SERVER_UNREACHABLE")


def test_a_browser_is_opened_only_when_asked(settled: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is printed either way."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: not opened.append(url))
    settled("settings", "--support", "https://example.test/help")
    assert settled("support")[1] == "https://example.test/help\n"
    assert opened == []
    settled("support", "--open")
    assert opened == ["https://example.test/help"]


def test_a_state_file_that_cannot_be_read_is_kept_and_said(settled: Said) -> None:
    """The buttons work on a fresh installation."""
    Path(".rehearsal/desktop.json").write_text("{", "utf-8")
    code, _, err = settled("settings", "--manifest", SERVICE)
    assert code == 0
    assert "desktop.json.unreadable-1" in err


def test_a_clock_may_show_anything(settled: Said) -> None:
    """Whatever it was set to, the installation is still there afterwards."""
    before = json.loads(settled("status", "--json")[1])["deviceId"]
    for text in ("0", "999999999999", "+999999999d", "-999999999d"):
        code, out, err = settled("status", "--json", f"--clock={text}")
        assert (code, json.loads(out)["deviceId"], err) == (0, before, "")


@pytest.mark.parametrize("text", ["soon", "+8", "8d", "-", "+1y", "٣"])
def test_a_clock_that_is_no_time_is_refused(
    text: str, desktop: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the forms there are."""
    with pytest.raises(SystemExit) as ended:
        desktop("status", f"--clock={text}")
    assert ended.value.code == 2
    assert "expected unix seconds" in capsys.readouterr().err
