Feature: Webhooks
  Six events, from Stripe alone, in any order and any number of times.

  Rule: Nobody but Stripe is believed

    Example: a delivery <how>
      Given Ada has bought "Xstream subscription"
      When somebody posts every event <how>
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

      Examples:
        | how                        |
        | without a signature        |
        | signed with a wrong secret |
        | with a stale signature     |
        | from the other mode        |

  Rule: No order and no repetition changes what is true

    @sometimes_duplicate
    Example: two changes in the same second
      Given Ada has bought "Xstream subscription"
      When Ada cancels and takes it back 1 times within a second
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: What was acknowledged is not lost

    Example: the backend crashes at any transaction boundary
      Given the backend may crash once at any transaction boundary
      And Ada has bought "Xstream subscription"
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: the endpoint was down for four days
      Given Ada has bought "Xstream subscription"
      And the webhook endpoint is down for 4 days
      When the backend reconciles with Stripe
      Then Ada has access as ACTIVE
