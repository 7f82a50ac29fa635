"""What an environment lacks before a service may start in it.

Decides: which names must be set, and whether what they hold has the right shape and mode.  Does not know
Stripe's answers, nor files.  A problem names the variable and what was expected, never what was found in it.
Rule: the manifest's secrets, variables, storage and offers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from rehearsal_harness.core.shapes import misshapen, mode_of_key
from rehearsal_specs.manifest import Manifest, WhenMissing

BLOCKER, WARNING = "blocker", "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to put right: `severity` is blocker or warning, `name` a variable's."""

    severity: str
    name: str
    found: str
    expected: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.name} {self.found}; expected {self.expected}. {self.next_step}"


def problems(manifest: Manifest, environ: Mapping[str, str], *, is_live: bool) -> list[Problem]:
    """Every problem of this environment for this service, blockers first, then by name."""
    held = {name: value.strip() for name, value in environ.items() if value.strip()}
    found = [
        *_secrets(manifest, held, is_live),
        *_variables(manifest, held, is_live),
        *_storage(manifest, held),
        *_prices(manifest, held, is_live),
    ]
    return sorted(found, key=lambda each: (each.severity != BLOCKER, each.name))


def _secrets(manifest: Manifest, held: Mapping[str, str], is_live: bool) -> Iterator[Problem]:
    for secret in manifest.secrets:
        value = held.get(secret.name)
        if value is None:
            costs = secret.when_missing is WhenMissing.DEGRADE
            yield Problem(
                severity=WARNING if costs else BLOCKER,
                name=secret.name,
                found="is not set",
                expected=f"a value ({secret.purpose})",
                next_step="Set it in the secret store, never in a file of the repository.",
            )
            continue
        expected = misshapen(secret.shape, value, is_live=is_live)
        if expected:
            other = mode_of_key(value) if secret.shape == "stripe_secret_key" else ""
            yield Problem(
                severity=BLOCKER,
                name=secret.name,
                found=f"is a key of {other} mode" if other else "has another shape",
                expected=expected,
                next_step="Put the right value in the secret store.",
            )


def _variables(manifest: Manifest, held: Mapping[str, str], is_live: bool) -> Iterator[Problem]:
    addresses = {each.options.get("site_url_env") for each in manifest.operations}
    for variable in manifest.variables:
        value = held.get(variable.name) or variable.default
        if value is None and variable.name in manifest.required_variables:
            yield Problem(
                severity=BLOCKER,
                name=variable.name,
                found="is not set",
                expected=f"a value ({variable.purpose})",
                next_step="Set it where the service runs.",
            )
        if (
            value is not None
            and variable.name in addresses
            and (bad := misshapen("https_url", value, is_live=is_live))
        ):
            yield Problem(
                severity=BLOCKER,
                name=variable.name,
                found="is no such address",
                expected=bad,
                next_step="Set the public address of the site.",
            )


def _storage(manifest: Manifest, held: Mapping[str, str]) -> Iterator[Problem]:
    storage = manifest.storage
    if storage is None:
        return
    demanded = [
        f"{name}={wanted}"
        for name, wanted in storage.require_persistent
        if held.get(name, "").casefold() == wanted.casefold()
    ]
    place = held.get(storage.env)
    if storage.kind == "postgresql" and place is None:
        yield Problem(
            severity=BLOCKER,
            name=storage.env,
            found="is not set",
            expected="the address of a PostgreSQL database",
            next_step="Set it in the secret store; it holds a password.",
        )
    elif demanded and (place is None or not PurePath(place).is_absolute()):
        yield Problem(
            severity=BLOCKER,
            name=storage.env,
            found="is not set" if place is None else "is a relative path",
            expected=f"an absolute path on a persistent disk, as {demanded[0]} demands",
            next_step="Mount a disk that outlives the container and name a file on it.",
        )


def _prices(manifest: Manifest, held: Mapping[str, str], is_live: bool) -> Iterator[Problem]:
    """The public price ids of a console, and the list of what checkout sells, say the same."""
    for operation in manifest.operations:
        name = operation.options.get("allowed_prices_env")
        if name is None:
            continue
        allowed = {each.strip() for each in held.get(name, "").split(",") if each.strip()}
        if not allowed:
            yield Problem(
                severity=WARNING,
                name=name,
                found="is not set, so checkout sells any active price of Stripe's account",
                expected="the ids of the prices to sell, with commas between",
                next_step="Set it.",
            )
        for offer in manifest.offers:
            public = held.get(offer.price_env)
            if allowed and public is not None and public not in allowed:
                yield Problem(
                    severity=BLOCKER,
                    name=offer.price_env,
                    found=f"names a price that {name} does not list, so its button leads to a refusal",
                    expected=f"one of the prices of {name}",
                    next_step="Make the two agree.",
                )
