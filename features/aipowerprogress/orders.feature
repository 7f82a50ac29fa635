Feature: Orders
  One-time services are sold on Stripe's pages, and done by people when the money is in.

  Rule: An order is paid when a webhook says so

    Example: paid by card
      Given Ada has bought "Project Deposit"
      When the webhooks arrive in every possible order
      Then the order of Ada is paid

    Example: by a guest
      Given Ada chooses "Quick Help (1 hour)" without signing in
      And Ada pays with a good card
      When the webhooks arrive in every possible order
      Then the order of Ada is paid

    Example: the redirect proves nothing
      Given Ada chooses "Project Deposit"
      When Ada comes back from the checkout
      Then the order of Ada is processing

    Example: the redirect comes before the webhook
      Given Ada has bought "Project Deposit"
      When Ada comes back from the checkout
      And the webhooks arrive in every possible order
      Then the order of Ada is paid

  Rule: Money that is still on its way pays nothing

    Example: a bank debit that is pending
      Given Ada chooses "Project Deposit"
      When Ada pays by bank debit
      And the webhooks arrive in every possible order
      Then the order of Ada is processing

    Example: a bank debit that succeeds
      Given Ada chooses "Project Deposit"
      And Ada pays by bank debit
      When the bank debit of Ada succeeds 2 days later
      And the webhooks arrive in every possible order
      Then the order of Ada is paid

    Example: a bank debit that fails
      Given Ada chooses "Project Deposit"
      And Ada pays by bank debit
      When the bank debit of Ada fails 2 days later
      And the webhooks arrive in every possible order
      Then the order of Ada is failed

    Example: a card that is declined, and nothing after it
      Given Ada chooses "Project Deposit"
      When Ada pays with a card that is declined
      Then the order of Ada is processing

  Rule: Two orders are two orders

    Example: bought again after the first was paid
      Given Ada holds "Project Deposit"
      When Ada has bought "Project Deposit"
      And the webhooks arrive in every possible order
      Then Stripe holds 2 checkout sessions
      And the order of Ada is paid

    Example: two people at once
      Given Ada has bought "Project Deposit"
      When Bea has bought "Project Deposit"
      And the webhooks arrive in every possible order
      Then the order of Ada is paid
      And the order of Bea is paid

    Example: two guests within a second
      Given Ada chooses "Project Deposit" without signing in
      And Ada pays with a good card
      When Bea chooses "Project Deposit" without signing in
      And the webhooks arrive in every possible order
      Then Stripe holds 2 checkout sessions
      And the order of Bea is processing

  Rule: An order that is paid back stays known

    Example: refunded
      Given Ada has bought "Project Deposit"
      When Ada is paid everything back
      And the webhooks arrive in every possible order
      Then the order of Ada is paid

  Rule: Checkout comes back to the site and nowhere else

    Example: to a page of its own
      When Ada chooses "Project Deposit" and wants to come back to another page of the site
      Then her browser is answered 200
      And she is shown a page of Stripe's to pay on

    Example: to <place>
      When Ada chooses "Project Deposit" and wants to come back to <place>
      Then her browser is answered 400
      And Stripe holds 0 checkout sessions

      Examples:
        | place                           |
        | another host                    |
        | another host without a scheme   |
        | another host behind a backslash |
        | another host in disguise        |
        | a script                        |
