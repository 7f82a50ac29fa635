Feature: Checkout
  Somebody buys, and can use what was bought, whatever the webhooks do on their way.

  Rule: New checkout succeeds

    @sometimes_active
    Example: paid by card
      Given Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period and is then refused as RENEWAL_OVERDUE

    Example: a double click makes one session
      Given Ada starts a checkout on her laptop
      When Ada starts a checkout on her laptop
      Then Stripe holds 1 checkout session

    Example: a declined card, then a good one
      Given Ada starts a checkout on her laptop
      And Ada pays with a card that is declined
      When Ada pays with a good card
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: a checkout that is abandoned grants nothing
      Given Ada starts a checkout on her laptop
      When 25 hours pass
      And Ada activates her laptop
      Then the paid features are blocked on her laptop

    Example: after an abandoned checkout she can start again
      Given Ada starts a checkout on her laptop
      And 25 hours pass
      When Ada starts a checkout on her laptop
      And Ada pays with a good card
      Then Ada has access as ACTIVE
      And Stripe holds 2 checkout sessions

    Example: somebody already subscribed is sent to the portal
      Given Ada has an active subscription
      When Ada starts a checkout on her laptop
      Then her laptop is answered 409 with ALREADY_SUBSCRIBED
      And Stripe holds 1 checkout session

  Rule: No-trial subscription activates immediately after payment

    Example: the licence is there as soon as the webhooks are
      Given Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      And Ada activates her laptop
      Then the paid features are open on her laptop

    Example: the redirect alone activates nothing
      Given Ada has bought a subscription on her laptop
      When Ada activates her laptop
      And the webhooks arrive in every possible order
      And Ada activates her laptop
      Then the paid features are open on her laptop

  Rule: Money that is still on its way grants nothing

    Example: a bank debit that succeeds
      Given Ada starts a checkout on her laptop
      And Ada pays by bank debit
      When the bank debit of Ada succeeds 2 days later
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: a bank debit that is still pending
      Given Ada starts a checkout on her laptop
      When Ada pays by bank debit
      And the webhooks arrive in every possible order
      Then Ada has no access because of PAYMENT_PENDING

    Example: a bank debit that fails
      Given Ada starts a checkout on her laptop
      And Ada pays by bank debit
      When the bank debit of Ada fails 2 days later
      And the webhooks arrive in every possible order
      Then Ada has no access because of PAST_DUE
