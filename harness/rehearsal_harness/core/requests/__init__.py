"""What the simulated Stripe answers: handle(world, request) -> (world, answer), pure.

`message` is the vocabulary, `parameters` the declared tables and their reader, one module per resource
declares its operations, `routes` finds them, `handler` joins everything, `faults` wraps it.  Not here: bytes,
sockets, the SDK.
"""

from __future__ import annotations

from .access_key import is_secret_key, key_of_request
from .faults import ApiFault, ApiFaultKind, handle_with
from .handler import handle
from .idempotency import in_use
from .message import ApiRequest, ApiResponse, Form
from .portal_configurations import save_default_portal
from .routes import OPERATIONS

__all__ = [
    "OPERATIONS",
    "ApiFault",
    "ApiFaultKind",
    "ApiRequest",
    "ApiResponse",
    "Form",
    "handle",
    "handle_with",
    "in_use",
    "is_secret_key",
    "key_of_request",
    "save_default_portal",
]
