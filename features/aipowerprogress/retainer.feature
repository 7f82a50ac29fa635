Feature: Retainer
  A monthly retainer that lasts as long as it is paid, and a portal for its owner.

  Rule: A retainer lasts as long as it is paid

    @sometimes_active
    Example: paid by card
      Given Ada has bought "Monthly Retainer"
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And the order of Ada is fulfilled
      And she keeps access until a day after the paid period and is then refused as RENEWAL_OVERDUE

    Example: paid again a month later
      Given Ada holds "Monthly Retainer"
      When her subscription renews
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period

    @sometimes_past_due
    Example: a payment that fails
      Given Ada holds "Monthly Retainer"
      When her renewal payment fails
      And the webhooks arrive in every possible order
      Then she keeps access until 3 days after the failed payment and is then refused as PAST_DUE

    @sometimes_past_due
    Example: a payment that her bank wants her to confirm
      Given Ada holds "Monthly Retainer"
      When her renewal payment waits for her bank
      And the webhooks arrive in every possible order
      Then she keeps access until 3 days after the failed payment and is then refused as PAST_DUE

    @sometimes_unpaid
    Example: a payment that fails for good
      Given Ada holds "Monthly Retainer"
      And Stripe ends failed collection with unpaid
      And her renewal payment fails
      And the webhooks arrive in every possible order
      When every later attempt to collect fails
      And the webhooks arrive in every possible order
      Then Ada has no access because of UNPAID

    Example: a payment that is made up for
      Given Ada holds "Monthly Retainer"
      And her renewal payment fails
      And the webhooks arrive in every possible order
      And 2 days pass
      When Ada pays the open invoice with a good card
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: one-time orders are no retainer
      Given Ada has bought "Project Deposit"
      When the webhooks arrive in every possible order
      Then Ada has no access because of NO_SUBSCRIPTION

  Rule: A retainer that is canceled ends on time

    @sometimes_canceled
    Example: at once
      Given Ada has bought "Monthly Retainer"
      When her subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED
      And the order of Ada is paid

    Example: at the end of the paid month
      Given Ada holds "Monthly Retainer"
      When Ada cancels in her own Customer Portal
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until the cancellation date and is then refused as CANCELED

    Example: and bought again
      Given Ada holds "Monthly Retainer"
      And her subscription is canceled at once
      And the webhooks arrive in every possible order
      When Ada has bought "Monthly Retainer"
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    @sometimes_out_of_order
    Example: canceled and taken back within a second
      Given Ada has bought "Monthly Retainer"
      When Ada cancels and takes it back 1 times within a second
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: The portal opens for its owner only

    Example: who is signed in
      Given Ada holds "Monthly Retainer"
      When Ada asks for her own Customer Portal
      Then her browser is answered 200
      And she is shown a page of Stripe's to manage it on
      And Stripe holds 1 portal session

    Example: not for somebody else
      Given Ada holds "Monthly Retainer"
      When Bea asks for the Customer Portal of Ada
      Then her browser is answered 404 with NO_CUSTOMER
      And Stripe holds 0 portal sessions

    Example: not for somebody else who is a customer too
      Given Ada holds "Monthly Retainer"
      And Bea holds "Monthly Retainer"
      When Bea asks for the Customer Portal of Ada
      Then her browser is answered 200
      And Stripe holds 1 portal session

    Example: not for nobody
      Given Ada holds "Monthly Retainer"
      When Ada asks for her own Customer Portal without signing in
      Then her browser is answered 401 with TOKEN_MISSING
      And Stripe holds 0 portal sessions

    Example: who has the retainer is led there instead of paying twice
      Given Ada holds "Monthly Retainer"
      When Ada chooses "Monthly Retainer"
      Then she is shown a page of Stripe's to manage it on
      And Stripe holds 1 checkout session
