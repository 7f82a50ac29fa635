Feature: Failed payment
  A renewal that fails is a customer to win back first, and to stop serving afterwards.

  Rule: Failed invoice limits access

    @sometimes_past_due
    Example: a renewal is declined
      Given Ada has an active subscription
      When her renewal payment fails
      And the webhooks arrive in every possible order
      Then Stripe says her subscription is past_due
      And she keeps access until 3 days after the failed payment and is then refused as PAST_DUE

    @sometimes_canceled
    Example: every retry fails, and Stripe cancels
      Given Ada has an active subscription
      And Stripe ends failed collection with cancel
      And her renewal payment fails
      When every later attempt to collect fails
      And the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED

    @sometimes_unpaid
    Example: every retry fails, and Stripe leaves it unpaid
      Given Ada has an active subscription
      And Stripe ends failed collection with unpaid
      And her renewal payment fails
      When every later attempt to collect fails
      And the webhooks arrive in every possible order
      Then Ada has no access because of UNPAID

    Example: every retry fails, and Stripe leaves it past_due
      Given Ada has an active subscription
      And Stripe ends failed collection with past_due
      And her renewal payment fails
      When every later attempt to collect fails
      And the webhooks arrive in every possible order
      Then Ada has no access because of PAST_DUE

  Rule: A payment that is made up for restores access

    @sometimes_past_due
    Example: she pays the open invoice after two days
      Given Ada has an active subscription
      And her renewal payment fails
      And 2 days pass
      When Ada pays the open invoice with a good card
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period

    @sometimes_unpaid
    Example: she pays after Stripe has given up
      Given Ada has an active subscription
      And Stripe ends failed collection with unpaid
      And her renewal payment fails
      And every later attempt to collect fails
      When Ada pays the open invoice with a good card
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: she pays and cancels within a second
      Given Ada has an active subscription
      And her renewal payment fails
      And the webhooks arrive in every possible order
      When Ada pays the open invoice with a good card
      And Ada cancels and takes it back 1 times within a second
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: A renewal that is paid extends access

    Example: one month later
      Given Ada has an active subscription
      When her subscription renews
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period

    Example: a year of renewals, one of them failed and recovered
      Given Ada has an active subscription
      And her subscription renews 6 times
      And her renewal payment fails
      And 2 days pass
      And Ada pays the open invoice with a good card
      When her subscription renews 5 times
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
