"""The simulated Stripe as one immutable value.

Decides: what there is to know: the objects, the events in true order, what is due next, and the instant
`now`.
Does not know: how anything changes (`billing`), or looks (`render`); a write goes through `change.Change`.
`version` is a hash chain over everything that ever changed this world: with one seed and start, equal
versions mean equal histories.  Time that passes without anything happening changes `now` and not `version`.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

from rpds import HashTrieMap

from rehearsal_specs.tables import Dunning, Rules

from .agenda import Agenda
from .api_versions import API_VERSION as API_VERSION
from .api_versions import API_VERSIONS as API_VERSIONS
from .api_versions import CLOVER as CLOVER
from .errors import UnknownObject
from .ids import derive_id
from .objects import (
    BalanceTransaction,
    Charge,
    CheckoutSession,
    Coupon,
    Customer,
    CustomerBalanceTransaction,
    Discount,
    Dispute,
    EarlyFraudWarning,
    EntitlementSummary,
    Event,
    Feature,
    Invoice,
    InvoiceItem,
    InvoicePayment,
    Meter,
    MeterEvent,
    PaymentIntent,
    PaymentLink,
    PaymentMethod,
    Plan,
    PortalConfiguration,
    PortalSession,
    Price,
    Product,
    PromotionCode,
    Refund,
    SetupIntent,
    ShippingRate,
    Source,
    Subscription,
    TaxId,
    TestClock,
    Token,
    WebhookEndpoint,
)
from .persistent import Log, Row, Table
from .records import Record, replace
from .touched import Touched

T = TypeVar("T", bound=Row)

# Empty collections never change, so all worlds may begin with the same ones.
_NONE: Table[Any] = Table()
_NO_EVENTS: Log[Event] = Log()
_NO_REPLIES: HashTrieMap[str, StoredReply] = HashTrieMap()
_NOTHING_DUE = Agenda()
_NO_TIMES: HashTrieMap[str, Elsewhere] = HashTrieMap()


class Elsewhere(NamedTuple):
    """Another time than the one a world is in: its second, and what is due in it."""

    now: int
    agenda: Agenda


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the owner of a Stripe account sets in the dashboard.

    `api_version` is one of API_VERSIONS: requests that name none are answered in it, and events are told in
    it.  `upcoming_invoice_days`: invoice.upcoming is sent so many days before a renewal; None sends none.
    """

    account_id: str = "acct_1rehearsal000001"
    api_version: str = API_VERSION
    livemode: bool = False
    upcoming_invoice_days: int | None = None


@dataclass(frozen=True, slots=True)
class StoredReply:
    """The first answer to an idempotency key, at the endpoint `path`; `body` is JSON text."""

    fingerprint: str
    status: int
    body: str
    request_id: str
    created: int
    path: str = ""


class World(Record, frozen=True, kw_only=True, eq=False):
    """Everything the simulated Stripe knows at `now`.

    `clock` is the test clock whose second `now` is and whose agenda `agenda` is, "" the account's own time;
    `other_times` are those of all the others, by the id of the clock.
    """

    rules: Rules
    dunning: Dunning
    settings: Settings
    seed: int
    now: int
    version: bytes
    agenda: Agenda = _NOTHING_DUE
    events: Log[Event] = _NO_EVENTS
    replies: HashTrieMap[str, StoredReply] = _NO_REPLIES
    touched: Touched | None = None
    clock: str = ""
    other_times: HashTrieMap[str, Elsewhere] = _NO_TIMES
    customers: Table[Customer] = _NONE
    customer_balance_transactions: Table[CustomerBalanceTransaction] = _NONE
    payment_methods: Table[PaymentMethod] = _NONE
    products: Table[Product] = _NONE
    prices: Table[Price] = _NONE
    features: Table[Feature] = _NONE
    checkout_sessions: Table[CheckoutSession] = _NONE
    subscriptions: Table[Subscription] = _NONE
    invoices: Table[Invoice] = _NONE
    invoice_payments: Table[InvoicePayment] = _NONE
    payment_intents: Table[PaymentIntent] = _NONE
    charges: Table[Charge] = _NONE
    setup_intents: Table[SetupIntent] = _NONE
    portal_sessions: Table[PortalSession] = _NONE
    portal_configurations: Table[PortalConfiguration] = _NONE
    webhook_endpoints: Table[WebhookEndpoint] = _NONE
    entitlement_summaries: Table[EntitlementSummary] = _NONE
    refunds: Table[Refund] = _NONE
    disputes: Table[Dispute] = _NONE
    early_fraud_warnings: Table[EarlyFraudWarning] = _NONE
    payment_links: Table[PaymentLink] = _NONE
    invoice_items: Table[InvoiceItem] = _NONE
    meters: Table[Meter] = _NONE
    meter_events: Table[MeterEvent] = _NONE
    coupons: Table[Coupon] = _NONE
    promotion_codes: Table[PromotionCode] = _NONE
    discounts: Table[Discount] = _NONE
    plans: Table[Plan] = _NONE
    balance_transactions: Table[BalanceTransaction] = _NONE
    sources: Table[Source] = _NONE
    tokens: Table[Token] = _NONE
    tax_ids: Table[TaxId] = _NONE
    shipping_rates: Table[ShippingRate] = _NONE
    test_clocks: Table[TestClock] = _NONE

    def __repr__(self) -> str:
        return f"<World of account {self.settings.account_id} at {self.now}, {len(self.events)} events>"

    @staticmethod
    def start(
        rules: Rules, dunning: Dunning, *, at: int, seed: int = 1, settings: Settings | None = None
    ) -> World:
        """An empty account at the unix second `at`; equal `seed`s give equal ids."""
        chosen = settings or Settings()
        version = sha256(f"{seed}|{at}|{chosen}|{dunning}".encode()).digest()
        return World(rules=rules, dunning=dunning, settings=chosen, seed=seed, now=at, version=version)

    @property
    def next_due(self) -> int | None:
        """The next unix second at which something happens by itself, or None; costs one look."""
        return self.agenda.next_due

    def at(self, now: int) -> World:
        """The same world later; nothing happens."""
        return replace(self, now=now)

    def watched(self) -> World:
        """The same world, which from here on remembers what is written (`touched`)."""
        return replace(self, touched=Touched())

    def on_clock(self, clock_id: str) -> World:
        """The same world in the time of that test clock, or for "" in the account's own.

        Raises UnknownObject for a clock that is not there.  Nothing happens.
        """
        if clock_id == self.clock:
            return self
        there = self.other_times.get(clock_id)
        if there is None:
            raise UnknownObject("test_clock", clock_id)
        times = self.other_times.discard(clock_id).insert(self.clock, Elsewhere(self.now, self.agenda))
        return replace(self, clock=clock_id, now=there.now, agenda=there.agenda, other_times=times)

    def table(self, kind: type[T]) -> Table[T]:
        """The table that holds objects of class `kind`."""
        table: Table[T] = getattr(self, TABLES[kind])
        return table

    def get(self, kind: type[T], object_id: str) -> T:
        """The object of class `kind` with that id; raises UnknownObject."""
        row = self.table(kind).get(object_id)
        if row is None:
            raise UnknownObject(TABLE_NOUNS[kind], object_id)
        return row

    def derive_id(self, prefix: str, natural_key: str) -> str:
        """An id for a new object; `cs`, `feat` and `ent` ids say their mode."""
        if prefix in ("cs", "feat", "ent"):
            prefix += "_live" if self.settings.livemode else "_test"
        return derive_id(self.seed, prefix, natural_key)


TABLES: dict[type[Any], str] = {
    Customer: "customers",
    CustomerBalanceTransaction: "customer_balance_transactions",
    PaymentMethod: "payment_methods",
    Product: "products",
    Price: "prices",
    Feature: "features",
    CheckoutSession: "checkout_sessions",
    Subscription: "subscriptions",
    Invoice: "invoices",
    InvoicePayment: "invoice_payments",
    PaymentIntent: "payment_intents",
    Charge: "charges",
    SetupIntent: "setup_intents",
    PortalSession: "portal_sessions",
    PortalConfiguration: "portal_configurations",
    WebhookEndpoint: "webhook_endpoints",
    EntitlementSummary: "entitlement_summaries",
    Refund: "refunds",
    Dispute: "disputes",
    EarlyFraudWarning: "early_fraud_warnings",
    PaymentLink: "payment_links",
    InvoiceItem: "invoice_items",
    Meter: "meters",
    MeterEvent: "meter_events",
    Coupon: "coupons",
    PromotionCode: "promotion_codes",
    Discount: "discounts",
    Plan: "plans",
    BalanceTransaction: "balance_transactions",
    Source: "sources",
    Token: "tokens",
    TaxId: "tax_ids",
    ShippingRate: "shipping_rates",
    TestClock: "test_clocks",
}
TABLE_NOUNS: dict[type[Any], str] = {kind: name.removesuffix("s") for kind, name in TABLES.items()}
