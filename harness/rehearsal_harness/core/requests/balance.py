"""The balance and its transactions: retrieve, list.

Source: https://docs.stripe.com/api/balance and https://docs.stripe.com/api/balance_transactions.  There are
no payouts: all that was ever earned is available.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ..billing.balance import failed_key
from ..objects import BalanceTransaction
from ..world import World
from .message import Json
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches
from .parameters import Kind, Span, Text, not_simulated

_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "created": Span(),
    "currency": Text(),
    "source": Text(),
    "type": Text(),
    **not_simulated("payout"),
}


def _balance(call: Call) -> tuple[World, Json]:
    earned: defaultdict[str, int] = defaultdict(int, usd=0)
    for moved in call.world.balance_transactions:
        earned[moved.currency] += moved.amount - moved.fee

    def amounts(each: Mapping[str, int]) -> list[Json]:
        return [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in each.items()
        ]

    return call.world, {
        "object": "balance",
        "available": amounts(earned),
        "livemode": call.world.settings.livemode,
        "pending": amounts(dict.fromkeys(earned, 0)),
    }


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(BalanceTransaction))


def _list(call: Call) -> tuple[World, Json]:
    def keep(moved: BalanceTransaction) -> bool:
        wanted = matches(call.params, currency=moved.currency, source=moved.source, type=moved.type)
        return wanted and inside(call.params.get("created"), moved.created)

    source = call.params.get("source")
    rows = call.world.balance_transactions if source is None else _of(call.world, source)
    return call.world, listed(
        call, "/v1/balance_transactions", rows, lambda row: shown(call.world, row), keep
    )


def _of(world: World, source: str) -> list[BalanceTransaction]:
    """What a charge, a refund or a dispute moved, newest first: they name it, so there is no index."""
    charge, refund, dispute = world.charges.get(source), world.refunds.get(source), world.disputes.get(source)
    if dispute is not None:
        return list(reversed(dispute.balance_transactions))
    ids = [charge.balance_transaction] if charge else []
    if refund is not None:
        ids = [world.derive_id("txn", failed_key(refund)), refund.balance_transaction]
    found = [world.balance_transactions.get(each) for each in ids if each]
    return [each for each in found if each is not None]


OPERATIONS = (
    operation("GET /v1/balance", _balance),
    operation("GET /v1/balance_transactions", _list, _LIST),
    operation("GET /v1/balance_transactions/:id", _retrieve),
)
