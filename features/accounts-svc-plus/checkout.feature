Feature: Checkout
  A signed-in user buys one of the listed prices, and comes back to the console.

  Rule: A signed-in user buys with a test card

    @sometimes_active
    Example: the monthly plan
      Given Ada has bought "Xstream subscription"
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until a day after the paid period and is then refused as RENEWAL_OVERDUE

    Example: she pays on a page of Stripe's
      When Ada chooses "Xstream subscription"
      Then her browser is answered 200
      And she is shown a page of Stripe's to pay on
      And Stripe holds 1 checkout session

    Example: a declined card, then a good one
      Given Ada chooses "Xstream subscription"
      And Ada pays with a card that is declined
      When Ada pays with a good card
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: the subscription is in her list
      Given Ada holds "Xstream subscription"
      When Ada looks at her subscriptions
      Then she is shown a subscription with Stripe

    Example: coming back from the checkout proves nothing
      Given Ada chooses "Xstream subscription"
      When Ada looks at her subscriptions
      Then she is not shown a subscription with Stripe
      And Ada has no access because of NO_SUBSCRIPTION

  Rule: Only listed prices are sold

    Example: another price of the same account
      When Ada asks for a price that is not offered
      Then her browser is answered 400 with PRICE_NOT_ALLOWED
      And Stripe holds 0 checkout sessions

  Rule: Only a signed-in user buys

    Example: nobody is signed in
      When Ada chooses "Xstream subscription" without signing in
      Then her browser is answered 401 with TOKEN_MISSING
      And Stripe holds 0 checkout sessions

  Rule: Nobody pays twice for the same plan

    Example: a double click makes one session
      Given Ada chooses "Xstream subscription"
      When Ada chooses "Xstream subscription"
      Then Stripe holds 1 checkout session

    Example: she has that plan already
      Given Ada holds "Xstream subscription"
      When Ada chooses "Xstream subscription"
      Then her browser is answered 409 with ALREADY_SUBSCRIBED
      And Stripe holds 1 checkout session

  Rule: A trial begins without money

    @sometimes_trialing
    Example: fourteen days
      Given every plan begins with a trial of 14 days
      And Ada has bought "Xstream subscription"
      When the webhooks arrive in every possible order
      Then Ada has access as TRIALING

    Example: and becomes a paid month
      Given every plan begins with a trial of 14 days
      And Ada holds "Xstream subscription"
      When her subscription renews
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
