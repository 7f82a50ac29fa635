Feature: Replay
  An operator has an event applied once more, and that never applies it twice.

  Rule: A replay changes nothing that was applied

    Example: of a checkout
      Given Ada holds "Compute credits"
      When Olga replays the checkout 2 times as an operator
      Then her browser is answered 200
      And Ada has 100 credits

    Example: before the webhook itself
      Given Ada has bought "Compute credits"
      When Olga replays the checkout as an operator
      And the webhooks arrive in every possible order
      Then Ada has 100 credits

    Example: of a refund
      Given Ada holds "Compute credits"
      And Ada is paid everything back
      And the webhooks arrive in every possible order
      When Olga replays the refund as an operator
      Then Ada has 0 credits

  Rule: A replay makes up for what was missed

    Example: the endpoint was down for four days
      Given Ada has bought "Compute credits"
      And the webhook endpoint is down for 4 days
      When Olga replays the checkout as an operator
      Then Ada has 100 credits

  Rule: Only an operator replays

    Example: not with an ordinary sign-in
      Given Ada holds "Compute credits"
      When Ada replays the checkout with an ordinary sign-in
      Then her browser is answered 403

    Example: not without signing in
      Given Ada holds "Compute credits"
      When Ada replays the checkout without signing in
      Then her browser is answered 401

    Example: nothing that Stripe does not know
      When Olga replays a webhook that never was as an operator
      Then her browser is answered 404
