Feature: Subscriptions
  The webhook is the authoritative source of what a user's subscriptions are.

  Rule: One user's subscriptions count together

    Example: the one that goes on keeps her access
      Given Ada holds "Xstream pay as you go"
      And Ada has bought "Xstream subscription"
      When her subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: two that she began at once, as two customers
      Given Ada has bought "Xstream pay as you go"
      And Ada has bought "Xstream subscription"
      When her subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: another user gets nothing of it
      Given Ada has bought "Xstream subscription"
      When Bea looks at her subscriptions
      And the webhooks arrive in every possible order
      Then Bea has no access because of NO_SUBSCRIPTION
      And Ada has access as ACTIVE

    Example: nobody is told of anybody's
      Given Ada holds "Xstream subscription"
      When Ada looks at her subscriptions without signing in
      Then her browser is answered 401 with TOKEN_MISSING

  Rule: A canceled subscription ends on time

    @sometimes_canceled
    Example: at once, when it is ended at once
      Given Ada has bought "Xstream subscription"
      When her subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED

    Example: at the end of the paid period
      Given Ada holds "Xstream subscription"
      When Ada cancels in her own Customer Portal
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until the cancellation date and is then refused as CANCELED

    Example: not when she takes it back
      Given Ada holds "Xstream subscription"
      When Ada cancels and takes it back 1 times, a second apart
      And the webhooks arrive in every possible order
      Then she keeps access until a day after the paid period and is then refused as RENEWAL_OVERDUE

    Example: and she subscribes again
      Given Ada holds "Xstream subscription"
      And her subscription is canceled at once
      And the webhooks arrive in every possible order
      When Ada has bought "Xstream subscription"
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: A renewal is worth what is paid of it

    Example: one month later
      Given Ada holds "Xstream subscription"
      When her subscription renews
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period

    @sometimes_past_due
    Example: a renewal is declined
      Given Ada holds "Xstream subscription"
      When her renewal payment fails
      And the webhooks arrive in every possible order
      Then she keeps access until 3 days after the failed payment and is then refused as PAST_DUE

    Example: she pays the open invoice after two days
      Given Ada holds "Xstream subscription"
      And her renewal payment fails
      And 2 days pass
      When Ada pays the open invoice with a good card
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: The portal opens for the same user

    Example: her own
      Given Ada holds "Xstream subscription"
      When Ada asks for her own Customer Portal
      Then her browser is answered 200
      And she is shown a page of Stripe's to manage it on
      And Stripe holds 1 portal session

    Example: not somebody else's
      Given Ada holds "Xstream subscription"
      When Bea asks for the Customer Portal of Ada
      Then her browser is answered 404 with NO_CUSTOMER
      And Stripe holds 0 portal sessions

    Example: not for nobody
      Given Ada holds "Xstream subscription"
      When Ada asks for her own Customer Portal without signing in
      Then her browser is answered 401 with TOKEN_MISSING
      And Stripe holds 0 portal sessions

  Rule: Usage is paid afterwards

    @sometimes_active
    Example: nothing is paid at first
      Given Ada has bought "Xstream pay as you go"
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: what was used is paid when the month is over
      Given Ada holds "Xstream pay as you go"
      And Ada uses 30 units of it
      When her subscription renews
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    @sometimes_past_due
    Example: what was used is not paid
      Given Ada holds "Xstream pay as you go"
      And Ada uses 30 units of it
      When her renewal payment fails
      And the webhooks arrive in every possible order
      Then Stripe says her subscription is past_due
      And she keeps access until 3 days after the failed payment and is then refused as PAST_DUE

  Rule: A plan can be changed

    Example: from usage to a monthly price
      Given Ada holds "Xstream pay as you go"
      When Ada changes her plan to "Xstream subscription"
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: and is not bought a second time
      Given Ada holds "Xstream pay as you go"
      And Ada changes her plan to "Xstream subscription"
      And the webhooks arrive in every possible order
      When Ada chooses "Xstream subscription"
      Then her browser is answered 409 with ALREADY_SUBSCRIBED

    Example: and canceled after that
      Given Ada has bought "Xstream pay as you go"
      And Ada changes her plan to "Xstream subscription"
      When her subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED

    Example: and paid a month later
      Given Ada holds "Xstream pay as you go"
      And 10 days pass
      And Ada changes her plan to "Xstream subscription"
      When her subscription renews
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period
