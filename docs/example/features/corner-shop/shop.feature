Feature: The corner shop
  Who pays may use it, and who leaves may not.

  Rule: Paying opens the shop

    Example: paid by card
      Given Ada has bought a subscription on her laptop
      When the webhooks arrive in every possible order
      Then Ada has access
      And she keeps access until a day after the paid period

  Rule: Leaving closes it

    Example: she hesitates, and then leaves
      Given Ada has bought a subscription on her laptop
      And Ada cancels and takes it back 1 times, a second apart
      And her subscription is canceled at once
      When the webhooks arrive in every possible order
      Then Ada has no access

  Rule: Nobody but Stripe is believed

    Example: a delivery <how>
      Given Ada has bought a subscription on her laptop
      When somebody posts every event <how>
      And the webhooks arrive in every possible order
      Then Ada has access

      Examples:
        | how                              |
        | without a signature              |
        | signed with a wrong secret       |
        | with a stale signature           |
        | with a signature from the future |
