"""The rehearsal: a simulated Stripe, every delivery order, and what they prove."""
