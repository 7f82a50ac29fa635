"""Whether the parts of one manifest fit each other, beyond what a schema can say.

Decides: every name that one part uses is declared by another, and is of the right shape.  Does not know
JSON Schema or types of values: it runs on any document, right or wrong, and is silent about what is not
there.  Nothing here belongs to one service; the event types come from `events.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rehearsal_specs.diagnostics import Diagnostic, nearest, quoted, secret_prefix
from rehearsal_specs.schema_check import known_keys
from rehearsal_specs.source import Document, Keys

# Each operation's method, and the parts of a manifest that it cannot do without.
_OPERATIONS: dict[object, tuple[str, tuple[str, ...]]] = {
    "account": ("GET", ("access", "identity")),
    "admin_billing": ("GET", ("access", "identity")),
    "billing_status": ("GET", ("offers",)),
    "checkout": ("POST", ("offers", "access", "license")),
    "checkout_status": ("GET", ("offers", "access")),
    "credits_checkout": ("POST", ("offers", "identity")),
    "health": ("GET", ()),
    "license_keys": ("GET", ("license",)),
    "license_status": ("GET", ("access", "license")),
    "page": ("GET", ("offers", "pages")),
    "plan_checkout": ("POST", ("offers", "identity")),
    "portal": ("POST", ("access", "license")),
    "price_checkout": ("POST", ("offers", "identity")),
    "replay": ("POST", ("stripeWebhook", "identity")),
    "script": ("GET", ("pages",)),
    "service_request": ("POST", ("storage",)),
    "services_status": ("GET", ("offers",)),
    "subscriptions": ("GET", ("access", "identity")),
    "user_portal": ("POST", ("identity",)),
    "webhook": ("POST", ("stripeWebhook", "storage")),
}
# The shape of the secret that a key may name.
_SHAPES = {
    "success_url_env": "https_url",
    "cancel_url_env": "https_url",
    "return_url_env": "https_url",
    "secret_env": "webhook_secret",
    "price_env": "price_id",
    "signing_secret_env": "signing_secret",
    "signing_keys_env": "signing_keys",
    "admin_token_env": "api_token",
}
_CONFIDENTIAL = {"webhook_secret", "signing_secret", "signing_keys", "api_token"}


def check_references(manifest: Document, event_types: Iterable[str]) -> Iterator[Diagnostic]:
    """Every name that names nothing, every part that contradicts another; unsorted."""
    yield from _routes(manifest)
    yield from _operations(manifest)
    yield from _environment(manifest)
    yield from _webhook(manifest, tuple(event_types))
    yield from _secret_values(manifest)


def _routes(manifest: Document) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for keys, route in manifest.texts("routes"):
        if route in first:
            found = f"the route {quoted(route)} is given twice, first in line {first[route]}"
            yield manifest.at_value(keys, found, "each route once")
        first.setdefault(route, manifest.values[keys][0])
    health = manifest.get("container", "healthCheck")
    if isinstance(health, str) and first and health not in first:
        yield _undeclared(manifest, ("container", "healthCheck"), health, "route", first)


def _operations(manifest: Document) -> Iterator[Diagnostic]:
    routes = [route for _, route in manifest.texts("routes")]
    operations = manifest.mapping("operations")
    for route in operations:
        keys: Keys = ("operations", route)
        if routes and route not in routes:
            found = f"the operation of {quoted(route)}, which 'routes' does not declare"
            yield manifest.at_key(keys, found, _joined(routes), nearest(route, routes))
        yield from _operation(manifest, route)
    for keys, route in manifest.texts("routes") if operations else ():
        if route not in operations and not nearest(
            route, [each for each in operations if each not in routes]
        ):
            found = f"the route {quoted(route)} has no operation"
            yield manifest.at_value(keys, found, "an entry under 'operations'")
    if operations and "secrets" in manifest.mapping():
        shapes = [manifest.get("secrets", each, "shape") for each in manifest.mapping("secrets")]
        if None not in shapes and "stripe_secret_key" not in shapes:
            yield manifest.at_key(("secrets",), "no secret has the shape stripe_secret_key", "one that has")


def _operation(manifest: Document, route: str) -> Iterator[Diagnostic]:
    keys = ("operations", route, "operation")
    name = manifest.get(*keys)
    if not isinstance(name, str) or name not in _OPERATIONS:
        return
    method, needs = _OPERATIONS[name]
    if not route.startswith(f"{method} "):
        yield manifest.at_key(keys[:-1], f"{quoted(route)} for the operation {name}", f"a {method} route")
    path = manifest.get("stripeWebhook", "path")
    if isinstance(path, str) and (name == "webhook") != (route == f"POST {path}"):
        found = f"{quoted(route)} is the operation {name}, while the webhook path is {quoted(path)}"
        yield manifest.at_value(keys, found, "webhook at that path, and nowhere else")
    for part in needs:
        if part not in manifest.mapping() and not _misspelt(manifest, part):
            yield manifest.at_value(keys, f"the operation {name} needs '{part}', which is not there")


def _environment(manifest: Document) -> Iterator[Diagnostic]:
    secrets, variables = manifest.mapping("secrets"), manifest.mapping("variables")
    if "secrets" in manifest.mapping():
        yield from _required(manifest, "requiredSecrets", "secrets")
    if "variables" in manifest.mapping():
        yield from _required(manifest, "requiredVars", "variables")
    for name in variables:
        if name in secrets:
            found = f"{quoted(name)} is declared as a secret too"
            yield manifest.at_key(("variables", name), found, "one of the two")
    if "operations" in manifest.mapping() and not (
        _misspelt(manifest, "secrets") or _misspelt(manifest, "variables")
    ):
        yield from _undeclared_names(manifest)


def _undeclared_names(manifest: Document) -> Iterator[Diagnostic]:
    secrets, variables = manifest.mapping("secrets"), manifest.mapping("variables")
    for keys, name in _named(manifest):
        wanted = _SHAPES.get(str(keys[-1]))
        shape = manifest.get("secrets", name, "shape")
        if name not in secrets and name not in variables:
            yield _undeclared(manifest, keys, name, "secret or variable", [*secrets, *variables])
        elif (name in variables and wanted in _CONFIDENTIAL) or (
            isinstance(shape, str) and wanted not in (None, shape)
        ):
            of_shape = [each for each in secrets if manifest.get("secrets", each, "shape") == wanted]
            kind = f"a secret of the shape {shape}" if name in secrets else "a variable, not a secret"
            yield manifest.at_value(keys, f"{quoted(name)} is {kind}", _joined(of_shape))


def _named(manifest: Document) -> Iterator[tuple[Keys, str]]:
    """Every environment variable that some part names, and where."""
    places: list[Keys] = [("container", "portEnv"), ("storage", "env")]
    places += [("license", key) for key in ("signing_secret_env", "signing_keys_env", "admin_token_env")]
    places += [("identity", "key_env"), ("cors", "origin_env")]
    places += [("deployability", "env"), ("pause_checkout", "env"), ("pages", "contact_env")]
    places += [("hosted", key) for key in manifest.mapping("hosted")]
    for offer in manifest.mapping("offers"):
        places += [("offers", offer, "price_env"), ("offers", offer, "payment_link_env")]
    for route in manifest.mapping("operations"):
        options = manifest.mapping("operations", route)
        places += [("operations", route, key) for key in options if key.endswith("_env")]
    for keys in places:
        name = manifest.get(*keys)
        if isinstance(name, str):
            yield keys, name
    for name in manifest.mapping("storage", "require_persistent"):
        yield ("storage", "require_persistent", name), name


def _required(manifest: Document, required: str, declared: str) -> Iterator[Diagnostic]:
    """The plain list of names and the detailed mapping say the same."""
    if _misspelt(manifest, required):
        return
    names = {name: keys for keys, name in manifest.texts(required)}
    details = manifest.mapping(declared)
    for name, keys in names.items():
        if name not in details:
            yield _undeclared(manifest, keys, name, f"entry of '{declared}'", details)
    if required != "requiredSecrets":
        return
    for name in details:
        if name not in names and not nearest(name, [each for each in names if each not in details]):
            found = f"the secret {quoted(name)} is not listed in '{required}'"
            yield manifest.at_key((declared, name), found)


def _webhook(manifest: Document, event_types: tuple[str, ...]) -> Iterator[Diagnostic]:
    path = manifest.get("stripeWebhook", "path")
    routes = [route for _, route in manifest.texts("routes")]
    posts = [route.removeprefix("POST ") for route in routes if route.startswith("POST ")]
    if isinstance(path, str) and routes and path not in posts:
        found = f"the webhook path {quoted(path)} has no POST route"
        yield manifest.at_value(("stripeWebhook", "path"), found, _joined(posts), nearest(path, posts))
    required = [name for _, name in manifest.texts("stripeWebhook", "requiredEvents")]
    for part in ("requiredEvents", "recommendedEvents"):
        for keys, name in manifest.texts("stripeWebhook", part):
            if name not in event_types:
                found = f"the event type {quoted(name)} is not known"
                yield manifest.at_value(keys, found, "a type of events.yaml", nearest(name, event_types))
            elif part == "recommendedEvents" and name in required:
                yield manifest.at_value(keys, f"the event type {quoted(name)} is required already")
    offers = manifest.mapping("offers")
    for route in manifest.mapping("operations"):
        offer = manifest.get("operations", route, "offer")
        if isinstance(offer, str) and offer not in offers and not _misspelt(manifest, "offers"):
            yield _undeclared(manifest, ("operations", route, "offer"), offer, "offer", offers)
    pages = manifest.mapping("pages", "each")
    for route in manifest.mapping("operations") if "pages" in manifest.mapping() else ():
        template = manifest.get("operations", route, "template")
        if isinstance(template, str) and template not in pages:
            yield _undeclared(manifest, ("operations", route, "template"), template, "page", pages)


def _secret_values(manifest: Document) -> Iterator[Diagnostic]:
    """A manifest names secrets; a value in it is a leak, and is never shown."""
    for keys in manifest.values:
        value = manifest.get(*keys)
        prefix = secret_prefix(value) if isinstance(value, str) else ""
        if prefix:
            found = f"the value of a secret, beginning {prefix}"
            yield manifest.at_value(keys, found, "the names of environment variables")


def _undeclared(manifest: Document, keys: Keys, name: str, kind: str, known: Iterable[str]) -> Diagnostic:
    known = tuple(known)
    complain = manifest.at_key if keys[-1] == name else manifest.at_value
    return complain(keys, f"{quoted(name)} is no declared {kind}", _joined(known), nearest(name, known))


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names) or "none is declared"


def _misspelt(manifest: Document, part: str) -> bool:
    """Some unknown key at the top looks like this part: the schema has said so, more would be noise."""
    known = known_keys("manifest")
    return any(key not in known and nearest(key, known) == part for key in manifest.mapping())
