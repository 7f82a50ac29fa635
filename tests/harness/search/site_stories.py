"""Small stories of people who sign in, as values: for each broken backend one that finds it.

Decides: which property each bug breaks, and after how many deliveries at least.  Beside search/stories.py.
"""

from __future__ import annotations

from search.stories import ADA, ARRIVE, DAY_S, EXPECTED, Case, pay, story

from rehearsal_harness.core import signed_in
from rehearsal_harness.core import story as told
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.signed_in import BROWSER, OWN_ORIGIN, Caller
from rehearsal_harness.core.story import Anchor, Moment

BEA = "Bea"
CREDITS = signed_in.Buy(person=ADA, offer="compute_credits")
DEPOSIT = signed_in.Buy(person=ADA, offer="deposit_500")
PLAN = signed_in.Buy(person=ADA, offer="xstream_subscription")
BACK = signed_in.ComeBack(person=ADA)
TWO_DAYS = told.Wait(person=ADA, until=Moment(Anchor.NOW, 2 * DAY_S))
DEBIT = (pay(Card.DELAYED), TWO_DAYS, told.SettleDelayed(person=ADA, succeeded=True))
REPLAY = signed_in.Replay(person="Olga", type="checkout.session.completed")
ORDINARY = signed_in.Replay(person=BEA, type="checkout.session.completed", caller=Caller.USER)
FORBIDDEN = told.ExpectAnswer(person=BEA, device=BROWSER, status=403)
PORTAL = signed_in.AskPortal(person=BEA, of=ADA)
FOREIGN_PATH = signed_in.Buy(
    person=ADA, offer="deposit_500", wishes=(("success_path", "https://evil.test/"),)
)
FOREIGN_PRICE = signed_in.Buy(person=ADA, offer=signed_in.FOREIGN)


def calls(origin: str) -> told.Action:
    """A page asks for something that anybody may have."""
    headers = (("Origin", origin),)
    return signed_in.Ask(person=ADA, operation="health", caller=Caller.NOBODY, headers=headers)


BOUGHT = story("a pack of credits", CREDITS, pay(), *ARRIVE)
BY_DEBIT = story("a pack by bank debit", CREDITS, *DEBIT, *ARRIVE)
RETURNED = story("a return without payment", CREDITS, BACK)
DELAYED = story("a deposit by bank debit", DEPOSIT, *DEBIT, *ARRIVE)
REPLAYED = story("a replay", CREDITS, pay(), *ARRIVE, REPLAY)
REPLAYED_PLAINLY = story("an ordinary replay", CREDITS, pay(), *ARRIVE, ORDINARY, FORBIDDEN)
REFUNDED = story("a refund", CREDITS, pay(), signed_in.Refund(person=ADA), *ARRIVE)
DISPUTED = story("a dispute", CREDITS, pay(), signed_in.Dispute(person=ADA), *ARRIVE)
WON = story(
    "a dispute that is won",
    *(CREDITS, pay(), signed_in.Dispute(person=ADA), signed_in.CloseDispute(person=ADA, won=True), *ARRIVE),
)
OTHERS_PORTAL = story("another's portal", CREDITS, pay(), *ARRIVE, PORTAL)
ELSEWHERE = story("a foreign page", FOREIGN_PATH)
SITE = (
    Case("site:credits_per_event", BY_DEBIT, "credits_supported", 1),
    Case("site:credits_per_delivery", BOUGHT, "duplicate_changes_nothing", 2),
    Case("site:credits_by_redirect", RETURNED, "credits_supported", 0),
    Case("site:credits_once_per_session", REFUNDED, "credits_supported", 2),
    Case("site:complete_is_paid", DELAYED, "order_supported", 1),
    Case("site:replay_applies_again", REPLAYED, "credits_supported", 1),
    Case("site:anybody_replays", REPLAYED_PLAINLY, EXPECTED, 1),
    Case("site:refunded_keeps", REFUNDED, "credits_supported", 2),
    Case("site:disputed_keeps", DISPUTED, "credits_supported", 2),
    Case("site:portal_by_customer_id", OTHERS_PORTAL, "portal_for_its_owner", 1),
    Case("site:comes_back_anywhere", ELSEWHERE, "returns_to_own_site", 0),
    Case("signed_in:complete_is_paid", DELAYED, "order_supported", 1),
    Case("signed_in:refunds_forgotten", REFUNDED, "credits_supported", 2),
    Case("signed_in:comes_back_anywhere", ELSEWHERE, "returns_to_own_site", 0),
)
SITE_STORIES = (*{id(case.story): case.story for case in SITE}.values(), WON)

SUBSCRIBED = story("a plan", PLAN, pay(), *ARRIVE)
OTHERS_SUBSCRIPTION = story("another's subscription", PLAN, pay(), *ARRIVE, PORTAL)
OFF_THE_LIST = story("a foreign price", FOREIGN_PRICE)
ACCOUNTS = (
    Case("signed_in:any_price", OFF_THE_LIST, "sells_what_is_declared", 0),
    Case("signed_in:portal_by_customer_id", OTHERS_SUBSCRIPTION, "portal_for_its_owner", 3),
)
ACCOUNTS_STORIES = (SUBSCRIBED, OTHERS_SUBSCRIPTION, OFF_THE_LIST)
OTHER_PAGE = story("another page calls", calls("https://evil.test"))
OWN_PAGE = story("its own page calls", calls(OWN_ORIGIN))
API = (
    Case("signed_in:any_origin", OWN_PAGE, "one_origin_reads", 0),
    Case("signed_in:echoes_origin", OTHER_PAGE, "one_origin_reads", 0),
)
API_STORIES = (OTHER_PAGE, OWN_PAGE)
