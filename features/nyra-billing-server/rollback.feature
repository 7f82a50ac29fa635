Feature: Rollback
  The first step back is to sell to nobody new, while customers notice nothing.

  Rule: A paused checkout leaves customers alone

    Example: nobody new
      Given checkout is paused
      When Ada starts a checkout on her laptop
      Then her laptop is answered 503 with CHECKOUT_PAUSED
      And Stripe holds 0 checkout sessions

    Example: those who are there keep their licence and their portal
      Given Ada has an active subscription
      And from now on checkout is paused
      When Ada refreshes the licence on her laptop
      And Ada opens the Customer Portal from her laptop
      Then her laptop is answered 200
      And the paid features are open on her laptop

    Example: who had begun to pay gets what is paid
      Given Ada starts a checkout on her laptop
      And from now on checkout is paused
      When Ada pays with a good card
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: cancellations go on
      Given Ada has an active subscription
      And from now on checkout is paused
      When her subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED

    Example: and checkout comes back
      Given checkout is paused
      And Ada starts a checkout on her laptop
      And from now on checkout goes on
      When Ada has bought a subscription on her laptop
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
