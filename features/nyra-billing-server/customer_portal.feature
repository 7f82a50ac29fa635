Feature: Customer Portal
  Cancelling is no harder than buying, and the portal opens for its owner only.

  Rule: Customer Portal opens for the authenticated customer

    Example: from her own device
      Given Ada has an active subscription
      When Ada opens the Customer Portal from her laptop
      Then her laptop is answered 200
      And Stripe holds 1 portal session

    Example: not from a device that was never activated
      Given Ada has an active subscription
      When Ada opens the Customer Portal from her tablet
      Then her tablet is answered 401
      And Stripe holds 0 portal sessions

  Rule: Customer can cancel

    Example: at the end of the paid period
      Given Ada has an active subscription
      When Ada cancels in the Customer Portal
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
      And she keeps access until the cancellation date and is then refused as CANCELED

    Example: and change her mind
      Given Ada has an active subscription
      And Ada cancels in the Customer Portal
      When Ada takes the cancellation back
      And the webhooks arrive in every possible order
      Then she keeps access until a day after the paid period and is then refused as RENEWAL_OVERDUE

    Example: and change her mind within a second, again and again
      Given Ada has an active subscription
      When Ada cancels and takes it back 2 times within a second
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

  Rule: Canceled subscription revokes access at the correct time

    @sometimes_canceled
    Example: at the end of the period that was paid
      Given Ada has an active subscription
      And Ada cancels in the Customer Portal
      When the paid period of Ada ends
      And the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED

    @sometimes_canceled
    Example: at once, when it is ended at once
      Given Ada has an active subscription
      When Ada's subscription is canceled at once
      And the webhooks arrive in every possible order
      Then Ada has no access because of CANCELED

    Example: a licence in a drawer ends with the access
      Given Ada has bought a subscription on her laptop
      And the webhooks arrive in every possible order
      And Ada opens the Customer Portal from her laptop
      When her subscription is canceled at once
      And the webhooks arrive in every possible order
      And Ada activates her laptop
      Then the paid features are blocked on her laptop

  Rule: An old subscription never speaks for a new one

    Example: she subscribes again after it has ended
      Given Ada has an active subscription
      And her subscription is canceled at once
      And the webhooks arrive in every possible order
      When Ada has bought a subscription on her laptop
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE

    Example: the old deletion arrives after the new payment
      Given Ada has an active subscription
      And her subscription is canceled at once
      When Ada has bought a subscription on her tablet
      And the webhooks arrive in every possible order
      Then Ada has access as ACTIVE
