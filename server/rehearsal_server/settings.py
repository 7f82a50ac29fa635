"""The values behind the names that a manifest declares: secrets and variables of the environment.

Decides what counts as set: anything but blank.  Does not know what a value is for, and never shows one:
`repr` and messages carry names only.  Rule: secrets live in the environment only.
"""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal_specs.manifest import Manifest, Secret, WhenMissing

STRIPE_ADDRESS = "STRIPE_API_BASE"
"""Names another address for Stripe's API, for instance a simulated one."""

STRIPE_VERSION = "STRIPE_API_VERSION"
"""Pins requests to another API version than the one webhooks are sent in."""


class Settings:
    """Values by name; only declared names are kept."""

    __slots__ = ("_values", "missing")

    def __init__(self, values: Mapping[str, str], missing: tuple[Secret, ...]) -> None:
        self._values = dict(values)
        self.missing = missing

    @classmethod
    def from_environ(cls, manifest: Manifest, environ: Mapping[str, str]) -> Settings:
        """Every declared name that `environ` sets, else the manifest's default; `missing` lists unset
        secrets.
        """
        found = {each.name: each.default for each in manifest.variables if each.default is not None}
        for name in _declared(manifest):
            if environ.get(name, "").strip():
                found[name] = environ[name].strip()
        return cls(found, tuple(each for each in manifest.secrets if each.name not in found))

    def __repr__(self) -> str:
        return f"<Settings(set={sorted(self._values)}, missing={[each.name for each in self.missing]})>"

    def value(self, name: str) -> str | None:
        """The value called `name`, or None when it is unset or not declared."""
        return self._values.get(name)

    def missing_with(self, when_missing: WhenMissing) -> tuple[Secret, ...]:
        """The unset secrets for which the manifest wants this."""
        return tuple(each for each in self.missing if each.when_missing is when_missing)


def _declared(manifest: Manifest) -> list[str]:
    names = [each.name for each in manifest.secrets] + [each.name for each in manifest.variables]
    if manifest.storage is not None:
        names += [manifest.storage.env, *(name for name, _ in manifest.storage.require_persistent)]
    if manifest.port_env is not None:
        names.append(manifest.port_env)
    return [*names, STRIPE_ADDRESS, STRIPE_VERSION]
