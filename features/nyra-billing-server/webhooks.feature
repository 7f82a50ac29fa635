Feature: Webhooks
  Stripe promises no order, sends duplicates, and tries for three days.

  Rule: Duplicate webhook does not double-apply

    @sometimes_duplicate
    Example: each webhook of a checkout, any number of times
      Given Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      Then she keeps access until a day after the paid period

    @sometimes_duplicate
    Example: the payment of a renewal, any number of times
      Given Ada has an active subscription
      When her subscription renews
      And the webhooks arrive in every possible order
      Then she keeps access until a day after the paid period

  Rule: Out-of-order webhook does not corrupt entitlement state

    @sometimes_out_of_order
    Example: checkout, cancellation and end, all mixed up
      Given Ada has bought a subscription on her laptop
      And her subscription is canceled at once
      When the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED

    @sometimes_out_of_order
    Example: two changes in the same second
      Given Ada has bought a subscription on her laptop
      When Ada cancels and takes it back 1 times within a second
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    @sometimes_out_of_order
    Example: twelve webhooks of one subscription
      Given Ada has bought a subscription on her laptop
      When Ada cancels and takes it back 5 times, a second apart
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: What was acknowledged is not lost

    Example: the backend crashes at any transaction boundary
      Given the backend may crash once at any transaction boundary
      And Ada has bought a subscription on her laptop
      And her subscription is canceled at once
      When the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED

    Example: Stripe cannot be asked when it is needed
      Given Stripe may fail once when it is asked
      And Ada has bought a subscription on her laptop
      And Ada cancels and takes it back 1 times within a second
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: What was lost is caught up

    Example: the endpoint was down for four days
      Given Ada has bought a subscription on her laptop
      And the webhook endpoint is down for 4 days
      When the backend reconciles with Stripe
      And Ada activates her laptop
      Then Ada has access as ACTIVE
      And the paid features are open on her laptop

    Example: a cancellation while the endpoint was down
      Given Ada has an active subscription
      And her subscription is canceled at once
      And the webhook endpoint is down for 4 days
      When the backend reconciles with Stripe
      Then Ada has no access because of CANCELED

    Example: one webhook never arrives, and nobody is let in by that
      Given one webhook may never arrive
      And Ada has bought a subscription on her laptop
      When her subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Stripe says her subscription is canceled

    Example: one webhook never arrives until the backend reconciles
      Given one webhook may never arrive
      And Ada has bought a subscription on her laptop
      And the webhooks arrive in every possible order
      When the backend reconciles with Stripe
      Then Ada has access as ACTIVE
