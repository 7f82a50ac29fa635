"""What the simulated Stripe does: step(world, action) -> world."""
