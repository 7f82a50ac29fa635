"""The reference billing backend: turns Stripe's webhooks into "this customer may use the product".

Decides what is true about a customer from the *set* of verified events and the clock, never from their
order, and serves what a manifest declares.  Knows nothing of the rehearsal that tries it out; runs without
it.
"""

__version__ = "0.1.0"
