Feature: Required Verification
  What the hosted worker is checked for in test mode, line by line.

  Rule: The health of the service is good

    Example: with everything in place
      When Ada looks at the health of the service
      Then her browser is answered 200
      And she is shown that the service is well

  Rule: Checkout leads to a page of Stripe's

    Example: from a device
      When Ada starts a checkout on her laptop
      Then she is shown a page of Stripe's to pay on
      And Stripe holds 1 checkout session

  Rule: A completed checkout ties the customer to the device

    Example: the device can claim its licence
      Given Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      And Ada activates her laptop
      Then the paid features are open on her laptop

  Rule: A paid invoice makes the subscription active

    @sometimes_active
    Example: the first one
      Given Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period and is then refused as RENEWAL_OVERDUE

    Example: the next one
      Given Ada has an active subscription
      When her subscription renews
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    @sometimes_past_due
    Example: one that is declined
      Given Ada has an active subscription
      When her renewal payment fails
      And the webhooks arrive in every possible order
      Then she keeps access until 3 days after the failed payment and is then refused as PAST_DUE

  Rule: The Customer Portal opens with a device's token

    Example: from her own device
      Given Ada has an active subscription
      When Ada opens the Customer Portal from her laptop
      Then her laptop is answered 200
      And Stripe holds 1 portal session

    Example: not without a token
      Given Ada has an active subscription
      When Ada opens the Customer Portal from her tablet
      Then her tablet is answered 401
      And Stripe holds 0 portal sessions

  Rule: A refreshed activation is active after the webhooks are in

    Example: after checkout
      Given Ada has an active subscription
      When Ada refreshes the licence on her laptop
      Then the paid features are open on her laptop

    @sometimes_canceled
    Example: not after the end
      Given Ada has an active subscription
      And her subscription is canceled at once
      And the webhooks arrive in every possible order
      When Ada refreshes the licence on her laptop
      Then the paid features are blocked on her laptop

  Rule: A device's token says when it ends, and ends then

    Example: with the offline grace, and never later
      Given Ada has an active subscription
      When Ada refreshes the licence on her laptop
      Then offline, the paid features are open on her laptop at 6 days from now
      And offline, the paid features are blocked on her laptop at 8 days from now

    Example: with a scheduled end
      Given Ada has an active subscription
      And Ada cancels in the Customer Portal
      And the webhooks arrive in every possible order
      And 25 days pass
      When Ada activates her laptop
      Then offline, the paid features are blocked on her laptop at the cancellation date

  Rule: A duplicate webhook changes nothing

    @sometimes_duplicate
    Example: any webhook, any number of times
      Given Ada has bought a subscription on her laptop
      When Ada cancels and takes it back 1 times within a second
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: A bad webhook signature is rejected

    Example: a delivery <how>
      Given Ada has bought a subscription on her laptop
      When somebody posts every event <how>
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

      Examples:
        | how                              |
        | without a signature              |
        | signed with a wrong secret       |
        | with a stale signature           |
        | with a signature from the future |
        | from the other mode              |
