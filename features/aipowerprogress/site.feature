Feature: Site
  What the site says about paying is true, and nothing it offers is a dead end.

  Rule: The site says whether it can be paid online

    Example: everything is configured
      When Ada looks at what is sold without signing in
      Then she is shown that checkout is open
      And she is shown an answer that nobody may keep

    Example: Stripe is not there
      Given Stripe is not configured
      When Ada looks at what is sold without signing in
      Then her browser is answered 200
      And she is shown that checkout is closed

    Example: the services say so too
      When Ada looks at the state of the services without signing in
      Then she is shown that payments are ready

  Rule: There is always a way to buy

    Example: a page of Stripe's, where there is a price
      When Ada chooses "Project Deposit" without signing in
      Then she is shown a page of Stripe's to pay on

    Example: a ready-made payment link, where there is no price
      Given no prices are configured
      When Ada chooses "Project Deposit" without signing in
      Then she is shown a ready-made payment link

    Example: a request, where there is no Stripe
      Given Stripe is not configured
      When Ada chooses "Project Deposit" without signing in
      Then she is shown a request for an invoice

    Example: a payment link is settled by webhook like any other
      Given Ada opens the payment link of "Project Deposit"
      And Ada pays with a good card
      When the webhooks arrive in every possible order
      Then the order of Ada is paid

  Rule: A paused checkout leaves customers alone

    Example: nobody new
      Given checkout is paused
      When Ada chooses "Project Deposit"
      Then her browser is answered 503 with CHECKOUT_PAUSED
      And Stripe holds 0 checkout sessions

    Example: who had begun to pay gets what is paid
      Given Ada chooses "Compute credits"
      And from now on checkout is paused
      When Ada pays with a good card
      And the webhooks arrive in every possible order
      Then Ada has 100 credits

  Rule: Everybody sees what is theirs

    Example: the account of who is signed in
      Given Ada holds "Monthly Retainer"
      When Ada looks at her account
      Then her browser is answered 200
      And she is shown a subscription with Stripe

    Example: no account for nobody
      Given Ada holds "Monthly Retainer"
      When Ada looks at her account without signing in
      Then her browser is answered 401 with TOKEN_MISSING

    Example: the state of an order says nothing about people
      Given Ada holds "Project Deposit"
      When Ada looks at her order without signing in
      Then she is shown an answer that nobody may keep
      And she is not shown an address of anybody's

    Example: operators see what came in
      Given Ada holds "Project Deposit"
      When Olga looks at the operators' page as an operator
      Then she is shown a checkout and its webhook

    Example: nobody else does
      Given Ada holds "Project Deposit"
      When Ada looks at the operators' page
      Then her browser is answered 403 with ADMIN_ONLY

  Rule: A request keeps no secret

    Example: that mentions <what>
      When Ada sends a request that mentions <what>
      Then her browser is answered 200
      And she is shown <shown>

      Examples:
        | what             | shown                        |
        | a live key       | that a secret was taken out  |
        | a webhook secret | that a secret was taken out  |
        | a card number    | that a secret was taken out  |
        | nothing secret   | that nothing was taken out   |
