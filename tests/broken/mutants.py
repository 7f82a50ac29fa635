"""The reference server, wrong in what it makes of facts: access, and catching up.

Each function is a factory for `rehearse run --app broken.mutants:<name>`; its docstring says what its author
believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from broken.mutation import beside, inside

from rehearsal_harness.targets import reference
from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_server import access, facts, standing
from rehearsal_server.operations import license_status, reconcile
from rehearsal_specs.manifest import AccessTable, StatusRule


def _past_due(table: AccessTable, rule: StatusRule) -> AccessTable:
    return replace(table, statuses={**table.statuses, "past_due": rule})


def past_due_never_limited(given: Collaborators) -> Backend:
    """Stripe will cancel in the end."""
    return beside(
        given, lambda table: _past_due(table, replace(table.statuses["past_due"], for_s=None, then=None))
    )


def past_due_at_once(given: Collaborators) -> Backend:
    """Who has not paid is out; grace is for nobody."""

    def change(table: AccessTable) -> AccessTable:
        rule = table.statuses["past_due"]
        return _past_due(table, replace(rule, answer=rule.then, for_s=None))

    return beside(given, change)


def first_failure_forgotten(given: Collaborators) -> Backend:
    """past_due began with the newest event that says so."""
    newest = (facts, "past_due_since", lambda rows: max(row.created for row in rows))
    return inside(given, newest)


def no_leeway(given: Collaborators) -> Backend:
    """What is paid to midnight ends at midnight, though the renewal is a draft for an hour."""
    return beside(given, lambda table: replace(table, renewal_leeway_s=0))


def _answered(given: Collaborators, best: Any) -> Backend:
    return inside(given, (standing, "best", best))


def boundary_off_by_one(given: Collaborators) -> Backend:
    """At the end it is still allowed."""
    return _answered(given, lambda every, table, now: access.best(every, table, now - 1))


def cancel_at_ignored(given: Collaborators) -> Backend:
    """The end is when customer.subscription.deleted arrives."""

    def best(every: Any, table: AccessTable, now: int) -> access.Access:
        known = [replace(each, value=each.value and replace(each.value, cancel_at=None)) for each in every]
        return access.best(known, table, now)

    return _answered(given, best)


def access_by_email(given: Collaborators) -> Backend:
    """A person is an e-mail address, or a device: what one of her customers may do, all may."""

    def look_up(self: Any, req: Any, now: int) -> access.Access:
        store = self._context.store
        history = store.history_of_customer(req.params["customerId"])
        devices = {row.device for row in history.rows if row.device}
        every = [store.history_of_device(device) for device in devices] or [history]
        return max((standing.access_of(self._context, each, now) for each in every), key=lambda a: a.allowed)

    return inside(given, (license_status.LicenseStatus, "_look_up", look_up))


def _listed(given: Collaborators, keep: Any) -> Backend:
    """Catching up with only a part of Stripe's list; `keep(context, cursor, events)` says which."""

    def listed(context: Any, cursor: int | None, unreadable: list[str]) -> Iterator[Any]:
        return keep(context, cursor, real(context, cursor, unreadable))

    real = reconcile._listed
    return inside(given, (reconcile, "_listed", listed))


def reconcile_stops_at_what_is_known(given: Collaborators) -> Backend:
    """Stripe lists the newest first, so everything before a known event is known too."""

    def keep(context: Any, cursor: int | None, events: Iterator[Any]) -> Iterator[Any]:
        for event in events:
            if any(row.event_id == event.event_id for row in context.store.rows_of(event.object_id)):
                return
            yield event

    return _listed(given, keep)


def reconcile_starts_after_its_cursor(given: Collaborators) -> Backend:
    """What comes next has a later `created` than what was read last."""

    def keep(context: Any, cursor: int | None, events: Iterator[Any]) -> Iterator[Any]:
        return (event for event in events if cursor is None or event.created > cursor)

    return _listed(given, keep)


def reconcile_does_nothing(given: Collaborators) -> Backend:
    """Retries are enough."""
    return Backend(app=reference.create(given).app, reconcile=lambda: None)


def no_reconcile(given: Collaborators) -> Backend:
    """There is nothing to run after an outage."""
    return Backend(app=reference.create(given).app)


def nobody_is_let_in_while_paused(given: Collaborators) -> Backend:
    """The switch that stops new checkouts stops everything; nothing is stored for it."""
    is_paused = bool(given.environ.get(given.manifest.pause_checkout_env or ""))
    if not is_paused:
        return reference.create(given)
    return _answered(given, lambda every, table, now: access.best([], table, now))
