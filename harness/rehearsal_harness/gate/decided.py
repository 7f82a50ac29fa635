"""What people have decided: decisions, round trips of support tickets, and reviews.

Decides: a decision is met when each of its fields is settled and no other file or field contradicts it.
Does not know who may decide.
"""

from __future__ import annotations

from calendar import timegm
from collections.abc import Mapping
from time import strptime
from urllib.parse import urlsplit

from rehearsal_harness.core.gate import Input
from rehearsal_harness.gate.asking import Asking, met, not_met
from rehearsal_specs.decisions import Decision, decision_fields
from rehearsal_specs.manifest import Manifest

# A decision that grows old is dated by this field.
_DATED = {"pricing_model": "snapshot_at"}
DAY_S = 86_400


def decision(asking: Asking, key: str) -> Input:
    """Is it decided, all of it, and without contradiction?"""
    given = [each.by_key[key] for each in asking.decisions if key in each.by_key]
    fields = ", ".join(decision_fields()[key])
    where = asking.decisions[0].path if asking.decisions else f"decisions/{asking.manifest.service}.yaml"
    if not given:
        return not_met("not decided", fields, f"decide it, and write {key} with {fields} into {where}")
    clash = _contradiction(asking, given)
    if clash:
        return not_met(clash, "one decision", "settle which one holds, and correct the other")
    one = given[0]
    if one.open:
        names = ", ".join(one.open)
        return not_met(f"open in {one.place}: {names}", fields, f"decide {names} of {key}, in {one.place}")
    field = _DATED.get(key)
    as_of = _second_of(str(one.fields[field])) if field else None
    return met(f"decided in {one.place}", as_of=as_of)


def support_round_trip(asking: Asking, key: str) -> Input:
    """Was a test ticket received and answered, not after today?"""
    return _dated(asking, key, "ticket_round_trip_at", "send a test ticket, answer it, and note the day")


def legal_review(asking: Asking, who: str) -> Input:
    """Has this reviewer approved, and when?"""
    key = f"{who}_review"
    found = decision(asking, key)
    if found.state != "MET":
        return found
    return _dated(asking, key, "at", f"let the {who} approve, and note who and when")


def _dated(asking: Asking, key: str, field: str, next_step: str) -> Input:
    given = [each.by_key[key] for each in asking.decisions if key in each.by_key]
    value = given[0].fields.get(field) if given else None
    if not isinstance(value, str):
        return not_met(f"{key}.{field} is open", "the day it happened", next_step)
    at = _second_of(value)
    if at is None or at > asking.now + DAY_S:
        return not_met(f"{key}.{field} is no day that has come", "a day not after today", next_step)
    return met(f"{value}, in {given[0].place}")


def _second_of(day: str) -> int | None:
    try:
        return timegm(strptime(day, "%Y-%m-%d"))
    except ValueError:
        return None


def _contradiction(asking: Asking, given: list[Decision]) -> str:
    """Two places that do not agree, both named; empty when all do."""
    first = given[0]
    for other in given[1:]:
        names = [name for name in first.fields if name in other.fields]
        apart = [name for name in names if first.fields[name] != other.fields[name] and name != "note"]
        if apart:
            return f"{first.place} and {other.place} decide {', '.join(apart)} of {first.key} differently"
    check = {"monthly_price": _price_clash, "domain": _domain_clash}.get(first.key)
    return check(asking.manifest, first) if check else ""


def _price_clash(manifest: Manifest, one: Decision) -> str:
    """The manifest's own amount says something else."""
    decided = one.fields.get("amount_cents")
    monthly = [each for each in manifest.offers if each.interval == "month" and each.amount_cents]
    other = next((each for each in monthly if each.amount_cents != decided), None)
    if decided is None or len(monthly) != 1 or other is None:
        return ""
    return f"{one.place} decides another amount than offers.{other.id}.amount_cents of {manifest.path}"


def _domain_clash(_: Manifest, one: Decision) -> str:
    """The backend's address lies on another domain."""
    name, url = one.fields.get("name"), one.fields.get("backend_url")
    host = urlsplit(url).hostname or "" if isinstance(url, str) else ""
    if not isinstance(name, str) or not host or host == name or host.endswith(f".{name}"):
        return ""
    return f"domain.name and domain.backend_url in {one.place} are of two domains"


def decided_amount(decisions: Mapping[str, Decision]) -> tuple[int, str] | None:
    """Amount and currency of the decided monthly price, None while it is open."""
    price = decisions.get("monthly_price")
    if price is None or price.open:
        return None
    amount = price.fields["amount_cents"]
    return (amount, str(price.fields["currency"])) if isinstance(amount, int) else None
