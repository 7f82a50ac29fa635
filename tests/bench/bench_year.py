"""A year of many customers in the pure core: seconds and memory, and the longest slice.

Decides: what is measured: customers who subscribe by API and renew each month, all tasks of all of them, in
slices as a server would take them.  Prints figures; asserts no time.  Run by `tox -e bench`.
"""

from __future__ import annotations

import argparse
import gc
import resource
import time

from rehearsal_harness.core.actions import CreateSubscription
from rehearsal_harness.core.billing.due import advance_some, is_due
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import Customer, PaymentMethod, Price, Product, Recurring
from rehearsal_harness.core.world import World
from rehearsal_specs.reader import read_dunning, read_rules

START = 1_767_225_600  # 2026-01-01T00:00:00Z
APART_S = 37  # between two sign-ups


def peopled(customers: int) -> World:
    """An account whose customers all have a card and a monthly subscription."""
    world = World.start(read_rules(), read_dunning(), at=START)
    change = Change(world, "catalogue", by_api=True)
    product = change.create(Product(id=change.new_id("prod"), created=START, updated=START, name="Pro"))
    price = change.create(
        Price(
            id=change.new_id("price"),
            created=START,
            product=product.id,
            currency="usd",
            unit_amount=1200,
            recurring=Recurring(interval="month"),
        )
    )
    world = change.done()
    for number in range(customers):
        world = _signed_up(world.at(START + number * APART_S), number, price)
    return world


def _signed_up(world: World, number: int, price: Price) -> World:
    change = Change(world, f"customer {number}", by_api=True)
    method = PaymentMethod(id=change.new_id("pm"), created=change.now, card=Card.OK, email=None)
    customer = Customer(
        id=change.new_id("cus"),
        created=change.now,
        email=f"p{number}@example.com",
        default_payment_method=method.id,
        invoice_prefix=f"P{number:07d}",
    )
    change.put(method)
    change.create(customer)
    return step(change.done(), CreateSubscription(customer.id, (price.id,)))


def main() -> None:
    """Print figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--slice", type=int, default=200, help="tasks in a slice")
    parser.add_argument("--gc", choices=["on", "freeze", "off"], default="on", help="the cyclic collector")
    asked = parser.parse_args()
    began = time.perf_counter()
    world = peopled(asked.customers)
    peopled_s = time.perf_counter() - began
    if asked.gc == "freeze":
        gc.collect()
        gc.freeze()
    elif asked.gc == "off":
        gc.disable()
    events, longest_s = len(world.events), 0.0
    to = START + asked.customers * APART_S + (asked.months * 365 // 12 + 1) * DAY_S
    began, cpu = time.perf_counter(), time.process_time()
    while is_due(world, to):
        slice_began = time.perf_counter()
        world = advance_some(world, to, tasks_max=asked.slice)
        longest_s = max(longest_s, time.perf_counter() - slice_began)
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    renewals = len(world.invoices) - asked.customers
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"customers {asked.customers:,}, renewals {renewals:,}, events {len(world.events) - events:,}")
    print(f"signed up in {peopled_s:.1f} s; renewed in {seconds:.1f} s, of which CPU {cpu_s:.1f} s")
    print(f"CPU {1e6 * cpu_s / renewals:.0f} us for each renewal")
    print(f"longest slice of {asked.slice} tasks {1e3 * longest_s:.0f} ms; peak memory {peak_mb:.0f} MB")
    print(f"version {world.version.hex()[:16]}")


if __name__ == "__main__":
    main()
