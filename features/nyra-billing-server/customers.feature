Feature: Customers
  Each customer gets what she paid for, and nobody else does.

  Rule: Nobody gets or loses what somebody else paid for

    Example: one of two customers leaves
      Given Ada has bought a subscription on her laptop
      And Bea has bought a subscription on her desktop
      When Bea's subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And Bea has no access because of CANCELED

    Example: a renewal of one pays for nobody else
      Given Ada has an active subscription
      And her renewal payment fails
      When Bea has bought a subscription on her desktop
      And the webhooks arrive in every possible order
      Then Bea has access as ACTIVE
      And Ada keeps access until 3 days after the failed payment and is then refused as PAST_DUE

    Example: a device without a checkout opens nothing
      Given Ada has an active subscription
      When Bea activates her desktop
      Then the paid features are blocked on Bea's desktop

    Example: each opens her own portal
      Given Ada has an active subscription
      And Bea has bought a subscription on her desktop
      And the webhooks arrive in every possible order
      And Bea activates her desktop
      When Bea opens the Customer Portal from her desktop
      And Ada opens the Customer Portal from her laptop
      Then Stripe holds 2 portal sessions
