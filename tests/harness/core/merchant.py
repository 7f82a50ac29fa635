"""A merchant's backend in the tests: it asks the simulated Stripe by its API, and plays bank and customer."""

from __future__ import annotations

from typing import Any

from worlds import Scene

from rehearsal_harness.core.actions import Authenticate, SettlePayment
from rehearsal_harness.core.requests import ApiRequest, Form, handle
from rehearsal_harness.core.world import World

Json = dict[str, Any]
KEY = "sk_test_" + "0" * 24


def form(value: Any) -> Any:
    """Python's values as a form has them: text, and hashes of text."""
    if isinstance(value, dict):
        return {name: form(each) for name, each in value.items()}
    if isinstance(value, list):
        return {str(index): form(each) for index, each in enumerate(value)}
    return str(value).lower() if isinstance(value, bool) else str(value)


class Merchant(Scene):
    """A scene in which requests are made: `post` and the others answer the body, `status` how."""

    status = 0

    def ask(self, method: str, path: str, params: Json | None = None, **headers: str) -> Json:
        """One request; what it emitted is what `happened`."""
        self._seen = len(self.world.events)
        sent: Form = form(params or {})
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = ApiRequest(
            method=method,
            path=f"/v1/{path}",
            params=sent,
            headers={"authorization": f"Bearer {KEY}", **names},
        )
        self.world, answer = handle(self.world, request)
        self.status = answer.status
        body: Json = answer.body
        return body

    def post(self, path: str, **params: Any) -> Json:
        """POST, with the parameters."""
        return self.ask("POST", path, params)

    def get(self, path: str, **params: Any) -> Json:
        """GET, with the parameters."""
        return self.ask("GET", path, params)

    def delete(self, path: str) -> Json:
        """DELETE."""
        return self.ask("DELETE", path)

    def refused(self, path: str, **params: Any) -> Json:
        """POST, and the error in the answer."""
        error: Json = self.post(path, **params)["error"]
        return error

    def pay(self, method: str = "pm_card_visa", **params: Any) -> Json:
        """A payment intent of ten dollars, confirmed at once."""
        return self.post(
            "payment_intents", amount=1000, currency="usd", payment_method=method, confirm=True, **params
        )


def take_every_step(world: World) -> None:
    """Go through all that a merchant can do to payments, so that every row of their tables is reached."""
    shop = Merchant(world)
    _methods(shop)
    for manual in ("automatic", "manual"):
        _intents(shop, manual)
    _setups(shop)
    _charges(shop)
    _reversals(shop)
    _balance(shop)


def _methods(shop: Merchant) -> None:
    taxed = shop.post("customers")["id"]
    number = shop.post(f"customers/{taxed}/tax_ids", type="us_ein", value="12-3456789")["id"]
    shop.delete(f"customers/{taxed}/tax_ids/{number}")
    customer = shop.post("customers", source="tok_visa", payment_method="pm_card_visa")["id"]
    method = shop.post("payment_methods", type="card", card={"token": "tok_visa"})["id"]
    shop.post(f"payment_methods/{method}/attach", customer=customer)
    shop.post(f"payment_methods/{method}", metadata={"a": "b"})
    shop.post(f"payment_methods/{method}/detach")
    source = shop.post(f"customers/{customer}/sources", source="tok_mastercard")["id"]
    shop.post(f"customers/{customer}/sources/{source}", name="Ada")
    shop.delete(f"customers/{customer}/sources/{source}")
    shop.post("tokens", card={"number": "4242424242424242", "exp_month": 1, "exp_year": 2040})


CARDS = ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired", "pm_usBankAccount")


def _intents(shop: Merchant, manual: str) -> None:
    new = {"amount": 1000, "currency": "usd", "capture_method": manual}
    for card in CARDS:
        shop.post("payment_intents", **new, payment_method=card, confirm=True)
        waiting = shop.post("payment_intents", **new, payment_method=card)["id"]
        shop.post(f"payment_intents/{waiting}/confirm")
        asked = shop.post("payment_intents", **new, payment_method=CARDS[2], confirm=True)["id"]
        shop.post(f"payment_intents/{asked}/confirm", payment_method=card)
    for last in ({}, {"payment_method": CARDS[0]}):
        named = shop.post("payment_intents", **new, **last)["id"]
        shop.post(f"payment_intents/{named}/cancel")
    named = shop.post("payment_intents", **new)["id"]
    shop.post(f"payment_intents/{named}", payment_method="pm_card_visa")
    for card in CARDS[2:]:
        stopped = shop.post("payment_intents", **new, payment_method=card, confirm=True)["id"]
        shop.post(f"payment_intents/{stopped}/cancel")
    for succeeded in (True, False):
        asked = shop.post(
            "payment_intents", **new, payment_method=CARDS[2], confirm=True, confirmation_method="manual"
        )
        shop.do(Authenticate(asked["id"], succeeded))
    held = [shop.pay(capture_method="manual")["id"] for _ in range(3)]
    shop.post(f"payment_intents/{held[0]}/capture")
    shop.post(f"payment_intents/{held[1]}/cancel")
    shop.wait(7 * 86_400)


def _setups(shop: Merchant) -> None:
    cards = ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired")
    for card in cards:
        shop.post("setup_intents", payment_method=card, confirm=True)
        waiting = shop.post("setup_intents", payment_method=card)["id"]
        shop.post(f"setup_intents/{waiting}/confirm")
        asked = shop.post("setup_intents", payment_method=cards[2], confirm=True)["id"]
        shop.post(f"setup_intents/{asked}/confirm", payment_method=card)
    for more in ({}, {"payment_method": cards[0]}, {"payment_method": cards[2], "confirm": True}):
        shop.post(f"setup_intents/{shop.post('setup_intents', **more)['id']}/cancel")
    named = shop.post("setup_intents")["id"]
    shop.post(f"setup_intents/{named}", payment_method="pm_card_visa")
    for succeeded in (True, False):
        asked = shop.post("setup_intents", payment_method=cards[2], confirm=True)["id"]
        shop.do(Authenticate(asked, succeeded))


def _charges(shop: Merchant) -> None:
    charge = shop.post("charges", amount=1000, currency="usd", source="tok_visa")["id"]
    shop.post(f"charges/{charge}", description="ten dollars")
    failed = shop.refused("charges", amount=1000, currency="usd", source="tok_chargeDeclined")["charge"]
    shop.post(f"charges/{failed}", description="none")
    pending = shop.pay("pm_usBankAccount")
    shop.post(f"charges/{pending['latest_charge']}", description="later")
    shop.do(SettlePayment(pending["id"], succeeded=True))


def _balance(shop: Merchant) -> None:
    path = f"customers/{shop.post('customers', balance=-100)['id']}/balance_transactions"
    moved = shop.post(path, amount=-50, currency="usd")["id"]
    shop.post(f"{path}/{moved}", description="sorry")


def _reversals(shop: Merchant) -> None:
    pending = shop.post("refunds", payment_intent=shop.pay("pm_card_refundPending")["id"])["id"]
    shop.post(f"refunds/{pending}", metadata={"a": "b"})
    shop.post("refunds", payment_intent=shop.pay("pm_card_refundFail")["id"])
    shop.wait(3600)
    warned = shop.pay("pm_card_createIssuerFraudRecord")["id"]
    shop.post("refunds", payment_intent=warned)
    for card in ("pm_card_createDispute", "pm_card_createDisputeInquiry"):
        for evidence in ("winning_evidence", "losing_evidence", "none of both", ""):
            intent = shop.pay(card)["id"]
            dispute = f"disputes/{shop.get('disputes', payment_intent=intent)['data'][0]['id']}"
            shop.post(dispute, metadata={"a": "b"})
            if evidence:
                shop.post(dispute, evidence={"uncategorized_text": evidence})
            else:
                shop.post(f"{dispute}/close")
            shop.post(dispute, metadata={"a": "c"})
