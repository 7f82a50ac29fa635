Feature: Deployment
  One web origin, one API version, and no live money before somebody has said so.

  Rule: One web origin may call, and no other

    Example: the declared one
      When Ada calls from a page of the declared origin
      Then her browser is answered 200
      And she is shown that her page may read it

    Example: another one
      When Ada calls from a page of another origin
      Then she is not shown that her page may read it

    Example: the declared one asks beforehand
      When Ada asks beforehand whether a page of the declared origin may call
      Then her browser is answered 200
      And she is shown that her page may read it

    Example: another one asks beforehand
      When Ada asks beforehand whether a page of another origin may call
      Then she is not shown that her page may read it

  Rule: Live money waits until somebody has decided

    Example: checkout is closed with live keys
      Given the service has live keys
      When Ada starts a checkout on her laptop
      Then her laptop is answered 503 with CHECKOUT_NOT_OPEN
      And Stripe holds 0 checkout sessions

    Example: its health says so
      Given the service has live keys
      When Ada looks at the health of the service
      Then she is shown that the service is not open for live money

    Example: test keys check out
      Given Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: A paused checkout leaves customers alone

    Example: nobody new
      Given checkout is paused
      When Ada starts a checkout on her laptop
      Then her laptop is answered 503 with CHECKOUT_PAUSED
      And Stripe holds 0 checkout sessions

    Example: those who are there keep their access, their licence and their portal
      Given Ada has an active subscription
      And from now on checkout is paused
      When Ada refreshes the licence on her laptop
      And Ada opens the Customer Portal from her laptop
      Then her laptop is answered 200
      And Stripe holds 1 portal session

    Example: webhooks go on
      Given Ada has an active subscription
      And from now on checkout is paused
      When her subscription renews
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: and checkout comes back
      Given checkout is paused
      And Ada starts a checkout on her laptop
      And from now on checkout goes on
      When Ada has bought a subscription on her laptop
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: What was acknowledged is not lost

    Example: the backend crashes at any transaction boundary
      Given the backend may crash once at any transaction boundary
      And Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: the endpoint was down for four days
      Given Ada has bought a subscription on her laptop
      And the webhook endpoint is down for 4 days
      When the backend reconciles with Stripe
      Then Ada has access as ACTIVE
