"""handle(world, request) -> (world, answer): the one handler behind every edge of the simulated Stripe.

Decides: the order in which a request is checked, and what becomes of the world: a request that is refused
leaves it as it was, a GET always does.  Does not know: any resource (`routes`), HTTP, forms or the SDK
(`rehearsal_harness.stripe_api`).
Rule: https://docs.stripe.com/api
"""

from __future__ import annotations

import json

from rehearsal_specs.tables import NoTransition

from ..errors import NotSimulated
from ..objects import Request
from ..render.links import Links
from ..render.versions import in_version
from ..world import World
from . import idempotency, refusal
from .access_key import check_key
from .expansion import expand
from .message import ApiRequest, ApiResponse, Json
from .operation import Call, Operation
from .refusal import Refusal
from .routes import find
from .test_clocks import clock_of_request
from .versions import form_of, params_of, route_of, version_of


def handle(world: World, request: ApiRequest) -> tuple[World, ApiResponse]:
    """The world afterwards, and the answer."""
    request_id = world.derive_id("req", f"{world.version.hex()}|{request.method}|{request.path}")
    headers = {"Request-Id": request_id, "Stripe-Version": world.settings.api_version}
    route = ""
    try:
        check_key(world, request)
        version = headers["Stripe-Version"] = version_of(world, request)
        _check_account(request, world.settings.account_id)
        operation, object_id = find(*route_of(request.method, request.path, version))
        route = operation.route
        if request.malformed:
            raise refusal.invalid(request.malformed)
        key = idempotency.key_of(request)
        if key.sent is not None:
            headers["Idempotency-Key"] = key.sent
            stored = idempotency.replay(world, key)
            if stored is not None:
                headers |= {"Idempotent-Replayed": "true", "Original-Request": stored.request_id}
                return world, _response(
                    world, request, headers, stored.status, json.loads(stored.body), route
                )
        after, status, body = _run(world, request, version, operation, object_id, key, request_id)
    except Refusal as refused:
        after, status, body = world, refused.status, {"error": refused.error}
    if after is not world:
        return after, ApiResponse(status=status, body=body, headers=headers, operation=route)
    return after, _response(world, request, headers, status, body, route)


def _response(
    world: World, request: ApiRequest, headers: dict[str, str], status: int, body: Json, route: str
) -> ApiResponse:
    """The answer to a request that changed nothing: its id follows from its serial, since the world's version
    does not tell it from the next one."""
    if request.serial:
        text = f"{world.version.hex()}|{request.method}|{request.path}|{request.serial}"
        headers = {**headers, "Request-Id": world.derive_id("req", text)}
    return ApiResponse(status=status, body=body, headers=headers, operation=route)


def _run(
    world: World,
    request: ApiRequest,
    version: str,
    operation: Operation,
    object_id: str,
    key: idempotency.Key,
    request_id: str,
) -> tuple[World, int, Json]:
    params = params_of(operation, version).read(form_of(operation, version, request.params), "")
    there = world.on_clock(clock_of_request(world, request))
    call = Call(
        world=there,
        object_id=object_id,
        params=params,
        request=Request(id=request_id, idempotency_key=key.stable if key.sent else None),
        text=f"{request.method} {request.path} {key.fingerprint} {key.stable}",
        key=key.stable,
        waits=request.waits,
    )
    try:
        changed, answer = operation.run(call)
    except NotSimulated as error:
        raise refusal.invalid(
            f"The simulated Stripe does not simulate {error}.", None, refusal.NOT_SIMULATED
        ) from None
    except NoTransition as error:
        message = f"This {error.object_name} is '{error.before}', which does not allow this request."
        raise refusal.invalid(message) from None
    after = world if changed is there else changed.on_clock(world.clock)
    if isinstance(answer, Refusal):
        status, body = answer.status, in_version(version, {"error": answer.error}, Links(after))
    else:
        answer = in_version(version, answer, Links(after))
        status, body = 200, expand(after, answer, params.get("expand", ()), version)
    return idempotency.remember(after, key, status, body, request_id), status, body


def _check_account(request: ApiRequest, account_id: str) -> None:
    """One account: its own id may be named."""
    for name in ("stripe-account", "stripe-context"):
        if request.headers.get(name, account_id) != account_id:
            raise refusal.not_simulated(name)
