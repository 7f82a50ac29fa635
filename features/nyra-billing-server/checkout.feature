Feature: Checkout
  Somebody buys, and can use what was bought, whatever the webhooks do on their way.

  Rule: New checkout succeeds

    Example: paid by card
      Given Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period and is then refused as RENEWAL_OVERDUE
