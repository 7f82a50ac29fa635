"""What the simulated Stripe does: `step.step(world, action) -> world`, one module for each noun.

Decides: when and how much.  Which status follows and which events are sent is in the rows of
specs/rehearsal_specs/stripe.  Does not know: HTTP, delivery, the backend under rehearsal.
"""
