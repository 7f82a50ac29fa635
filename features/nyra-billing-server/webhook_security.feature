Feature: Webhook security
  The webhook path is public; only the signature tells Stripe from anybody else.

  Rule: Nobody but Stripe is believed

    Example: a delivery <how>
      Given Ada has bought a subscription on her laptop
      When somebody posts every event <how>
      And the webhooks arrive in every possible order
      Then Ada has access

      Examples:
        | how                             |
        | without a signature             |
        | signed with a wrong secret      |
        | with a stale signature          |
        | with a signature from the future |
        | from the other mode             |

    Example: the other mode alone opens nothing
      Given Ada has bought a subscription on her laptop
      And somebody posts every event from the other mode
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
