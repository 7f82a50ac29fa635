"""What only a socket shows: bodies, methods, request ids, and requests at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import requests
from edges import KEY, fresh, through_loopback

from rehearsal_harness.core.requests import ApiFault, ApiFaultKind
from rehearsal_harness.stripe_api import holder as holder_module
from rehearsal_harness.stripe_api.holder import Holder

AUTH = (KEY, "")
LONGEST_S = 120


@pytest.fixture(name="holder")
def _holder() -> Holder:
    """An empty account."""
    return fresh()


@pytest.fixture(name="customers")
def _customers(holder: Holder) -> Iterator[str]:
    """The address of its customers, answered by several threads."""
    with through_loopback(holder, threads=4) as address:
        yield f"{address}/v1/customers"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"email": "a@example.com"}'),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("text/plain", b"email=a@example.com"),
        ("application/x-www-form-urlencoded", b"email=\xff"),
        ("application/x-www-form-urlencoded", b"email=%FF"),
        ("application/x-www-form-urlencoded", b"metadata" + b"[a]" * 1000 + b"=1"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % each for each in range(6000))),
    ],
)
def test_a_body_that_is_no_form_is_refused(customers: str, content_type: str, body: bytes) -> None:
    """400 in Stripe's shape, whatever is wrong with it."""
    answer = requests.post(
        customers, data=body, headers={"Content-Type": content_type}, auth=AUTH, timeout=120
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.json()["error"]["message"].startswith("Invalid")


@pytest.mark.parametrize("encoded", ["name=Zo%C3%AB+%2B1", b"name=Zo\xc3\xab%20%2B1", "name=Zo%C3%AB%20%2b1"])
def test_letters_are_utf_8_however_they_are_spelt(customers: str, encoded: str | bytes) -> None:
    """Escaped or raw, a space as + or %20."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    made = requests.post(customers, data=encoded, headers=headers, auth=AUTH, timeout=120).json()
    assert made["name"] == "Zoë +1"


def test_head_is_get_without_its_body(customers: str) -> None:
    """And OPTIONS says which methods there are."""
    head = requests.head(customers, auth=AUTH, timeout=120)
    assert (head.status_code, head.content, int(head.headers["Content-Length"]) > 2) == (200, b"", True)
    assert "DELETE" in requests.options(customers, timeout=120).headers["Allow"]


def test_no_two_requests_have_one_id(customers: str) -> None:
    """Reads and refusals neither, although they change nothing."""
    answers = [requests.get(customers, auth=AUTH, timeout=120) for _ in range(3)]
    answers += [requests.post(customers, data={"x": "1"}, auth=AUTH, timeout=120) for _ in range(3)]
    answers += [requests.post(customers, data={"name": "A"}, auth=AUTH, timeout=120) for _ in range(3)]
    ids = [answer.headers["Request-Id"] for answer in answers]

    assert len(set(ids)) == len(ids)


def test_a_person_is_answered_in_lines_and_an_sdk_is_not(customers: str) -> None:
    """Both get the same JSON."""
    sdk = {"User-Agent": "Stripe/v1 PythonBindings/16.1.0"}
    lines = requests.get(customers, auth=AUTH, timeout=120)
    line = requests.get(customers, auth=AUTH, headers=sdk, timeout=120)

    assert lines.text.startswith('{\n  "object": "list"')
    assert "\n" not in line.text
    assert lines.json() == line.json()


def test_a_key_that_is_being_answered_is_in_use(
    holder: Holder, customers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """409 to the second of two at the same time; afterwards the first one's answer again."""
    slow, going = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        slow.set()
        going.wait(LONGEST_S)

    monkeypatch.setattr(holder_module, "time", SimpleNamespace(sleep=sleep))
    holder.fault = ApiFault(ApiFaultKind.SLOW, "POST", delay_s=0.5)
    headers = {"Idempotency-Key": "one"}

    def create() -> requests.Response:
        return requests.post(customers, data={"name": "A"}, headers=headers, auth=AUTH, timeout=LONGEST_S)

    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(create)
        assert slow.wait(LONGEST_S)
        second = create()
        going.set()
        first = answering.result()
    again = create()

    assert (first.status_code, second.status_code, again.status_code) == (200, 409, 200)
    assert second.json()["error"]["code"] == "idempotency_key_in_use"
    assert second.headers["Stripe-Should-Retry"] == "true"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert len(holder.world.customers) == 1


def test_a_key_belongs_to_one_endpoint(customers: str) -> None:
    """400 that names both."""
    made = requests.post(customers, headers={"Idempotency-Key": "one"}, auth=AUTH, timeout=120).json()
    url = f"{customers}/{made['id']}"
    other = requests.post(url, headers={"Idempotency-Key": "one"}, auth=AUTH, timeout=120)

    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert f"('/v1/customers/{made['id']}' vs '/v1/customers')" in other.json()["error"]["message"]


def test_the_rate_limiter_says_why(holder: Holder, customers: str) -> None:
    """429 with its reason, as often as it was asked for, on the path it was asked for."""
    holder.fault = ApiFault(ApiFaultKind.RATE_LIMIT, path="/v1/customers", times=2)
    elsewhere = requests.get(customers.replace("customers", "products"), auth=AUTH, timeout=120)
    answers = [requests.get(customers, auth=AUTH, timeout=120) for _ in range(3)]

    assert [elsewhere.status_code, *(answer.status_code for answer in answers)] == [200, 429, 429, 200]
    assert answers[0].headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    assert "Stripe-Should-Retry" not in answers[0].headers
