Feature: Webhook security
  The webhook path is public; only the signature tells Stripe from anybody else.

  Rule: Nobody but Stripe is believed

    Example: a delivery <how>
      Given Ada has bought a subscription on her laptop
      When somebody posts every event <how>
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

      Examples:
        | how                              |
        | without a signature              |
        | signed with a wrong secret       |
        | with a stale signature           |
        | with a signature from the future |
        | from the other mode              |

    Example: what was acknowledged is not believed again <how>
      Given Ada has an active subscription
      When somebody posts every event <how>
      Then Ada has access as ACTIVE

      Examples:
        | how                              |
        | without a signature              |
        | with a stale signature           |
        | with a signature from the future |

  Rule: A secret can be rolled without losing a webhook

    Example: Stripe signs with the new secret and the old one
      Given the webhook secret is being rolled
      And Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
