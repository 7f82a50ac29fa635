Feature: Desktop
  A desktop keeps a signed licence, works offline for a while, and never longer than the access lasts.

  Rule: Desktop reinstall can reactivate a valid customer

    Example: a reinstall is a new device
      Given Ada has an active subscription
      When Ada activates her reinstalled
      Then the paid features are open on her reinstalled

    Example: two devices of one customer
      Given Ada has an active subscription
      When Ada activates her tablet
      And Ada refreshes the licence on her laptop
      Then the paid features are open on her laptop
      And the paid features are open on her tablet

    Example: not after the subscription has ended
      Given Ada has an active subscription
      And her subscription is canceled at once
      And the webhooks arrive in every possible order
      When Ada activates her reinstalled
      Then the paid features are blocked on her reinstalled

  Rule: Expired license blocks paid features cleanly

    Example: seven days without the server
      Given Ada has an active subscription
      When the webhooks arrive in every possible order
      Then offline, the paid features are open on her laptop at 6 days from now
      And offline, the paid features are blocked on her laptop at 8 days from now

    Example: a refresh after the end blocks at once
      Given Ada has an active subscription
      And her subscription is canceled at once
      And the webhooks arrive in every possible order
      When Ada refreshes the licence on her laptop
      Then the paid features are blocked on her laptop

    Example: a licence never outlives a scheduled cancellation
      Given Ada has an active subscription
      And Ada cancels in the Customer Portal
      And the webhooks arrive in every possible order
      And 20 days pass
      When Ada activates her laptop
      Then offline, the paid features are open on her laptop at now
      And offline, the paid features are blocked on her laptop at the cancellation date

    Example: a licence given while the checkout settles is a short one
      Given Ada has bought a subscription on her laptop
      When Ada activates her laptop
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: A desktop without its server keeps what it has, and gains nothing

    Example: a server that is out of reach changes nothing
      Given Ada has an active subscription
      And the webhooks arrive in every possible order
      When Ada refreshes the licence on her laptop while the server is out of reach
      Then offline, the paid features are open on her laptop at 6 days from now
      And offline, the paid features are blocked on her laptop at 8 days from now

    Example: what is revoked while she is offline ends with the licence
      Given Ada has an active subscription
      And her subscription is canceled at once
      And the webhooks arrive in every possible order
      When Ada refreshes the licence on her laptop while the server is out of reach
      Then the paid features are open on her laptop
      And offline, the paid features are blocked on her laptop at 8 days from now

    Example: a clock that is set back buys no time
      Given Ada has an active subscription
      When the clock of her laptop is set back by 30 days
      Then offline, the paid features are open on her laptop at 6 days from now
      And offline, the paid features are blocked on her laptop at 8 days from now

    Example: a clock that is set back opens nothing that has ended
      Given Ada has an active subscription
      And her subscription is canceled at once
      And 8 days pass
      When the clock of her laptop is set back by 8 days
      Then the paid features are blocked on her laptop
