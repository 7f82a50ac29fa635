"""Many accounts behind one address, told apart by their API key.

Decides: which account a key belongs to: an equal key is the same account for as long as the process lives,
and a key never seen before opens an account of its own.  The key itself is not kept, only its hash, which is
the account's id, and what a person knows it by: its first eight and last four letters, as Stripe's dashboard.
Does not know: what an account is made of (`opened` says), or which keys are refused (`core.requests`): a
request without a usable key goes to the main account, whose handler refuses it.
Rule: https://docs.stripe.com/keys; that a new key opens an account is this imitation's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Generic, Protocol, TypeVar

from rehearsal_harness.core.ids import derive_id
from rehearsal_harness.core.requests import is_secret_key, key_of_request

from .holder import Answering

A = TypeVar("A", bound=Answering)


class ManyAccounts(Protocol):
    """Whatever knows which account a request is for."""

    def of(self, headers: Mapping[str, str]) -> Answering:
        """The account of a request with these headers; their names are lower case."""


class Accounts(Generic[A]):
    """Accounts by key: `main_key` opens `main`; any other secret key opens what `opened(account_id)` gives,
    once.  Without a `main_key` every key is another account's."""

    def __init__(self, main: A, opened: Callable[[str], A], main_key: str = "") -> None:
        self.main = main
        self._opened = opened
        self._main_id = account_id_of(main_key) if main_key else ""
        self._others: dict[str, A] = {}
        self._shown = {self._main_id: shown_key(main_key)} if main_key else {}
        self._opening = Lock()

    def of(self, headers: Mapping[str, str]) -> A:
        """The account of a request with these headers, opened if it is new."""
        key = key_of_request(headers)
        if not is_secret_key(key):
            return self.main
        account_id = account_id_of(key)
        if account_id == self._main_id:
            return self.main
        if account_id not in self._shown:
            self._shown[account_id] = shown_key(key)
        account = self._others.get(account_id)
        return self.open(account_id) if account is None else account

    def open(self, account_id: str) -> A:
        """The account of that id, which is no main account, opened if it is new."""
        with self._opening:
            if account_id not in self._others:
                self._others[account_id] = self._opened(account_id)
            return self._others[account_id]

    def others(self) -> Mapping[str, A]:
        """Every account but the main one, by its id, in the order they were opened."""
        return dict(self._others)

    def keys_shown(self) -> dict[str, str]:
        """What stands for the key of each account, by its id; the main account's under the id of its key."""
        return dict(self._shown)

    def show_keys(self, shown: Mapping[str, str]) -> None:
        """What `keys_shown` said of accounts that are opened again by their ids."""
        self._shown = dict(shown) | self._shown


def shown_key(key: str) -> str:
    """What stands for a key where people read; of a short one the end is left out.

    >>> shown_key("sk_test_" + "0" * 20 + "1234"), shown_key("sk_test_1")
    ('sk_test_…1234', 'sk_test_…')
    """
    return f"{key[:8]}…{key[-4:] if len(key) >= 16 else ''}"


def account_id_of(key: str) -> str:
    """The id of the account that an API key belongs to.

    >>> account_id_of("a key") == account_id_of("a key") != account_id_of("another")
    True
    """
    return derive_id(0, "acct", key)
