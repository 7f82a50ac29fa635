Feature: Credits
  Compute credits are money: they are there once for each paid pack, and gone when the money is.

  Rule: A paid pack settles once

    @sometimes_duplicate
    Example: paid by card, each webhook any number of times
      Given Ada has bought "Compute credits"
      When the webhooks arrive in every possible order
      Then Ada has 100 credits

    Example: coming back from the checkout settles nothing
      Given Ada chooses "Compute credits"
      When Ada comes back from the checkout
      Then Ada has 0 credits

    Example: a bank debit that succeeds
      Given Ada chooses "Compute credits"
      And Ada pays by bank debit
      When the bank debit of Ada succeeds 2 days later
      And the webhooks arrive in every possible order
      Then Ada has 100 credits

    Example: a bank debit that fails
      Given Ada chooses "Compute credits"
      And Ada pays by bank debit
      When the bank debit of Ada fails 2 days later
      And the webhooks arrive in every possible order
      Then Ada has 0 credits

    Example: two packs
      Given Ada holds "Compute credits"
      When Ada has bought "Compute credits"
      And the webhooks arrive in every possible order
      Then Ada has 200 credits

    Example: nobody else's
      Given Ada has bought "Compute credits"
      When Bea looks at her account
      And the webhooks arrive in every possible order
      Then Bea has 0 credits
      And Ada has 100 credits

  Rule: Credits go when the money goes

    Example: refunded
      Given Ada has bought "Compute credits"
      When Ada is paid everything back
      And the webhooks arrive in every possible order
      Then Ada has 0 credits

    Example: a part of it is refunded
      Given Ada has bought "Compute credits"
      When Ada is paid a part back
      And the webhooks arrive in every possible order
      Then Ada has 100 credits

    Example: disputed
      Given Ada has bought "Compute credits"
      When the bank of Ada disputes the payment
      And the webhooks arrive in every possible order
      Then Ada has 0 credits

    Example: disputed, and <outcome>
      Given Ada holds "Compute credits"
      And the bank of Ada disputes the payment
      When the dispute of Ada is <outcome>
      And the webhooks arrive in every possible order
      Then Ada has <credits> credits

      Examples:
        | outcome | credits |
        | won     | 100     |
        | lost    | 0       |

  Rule: Only a signed-in user buys credits

    Example: nobody is signed in
      When Ada chooses "Compute credits" without signing in
      Then her browser is answered 401
      And Stripe holds 0 checkout sessions
