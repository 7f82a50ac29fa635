Feature: Going live with the local billing server
  Nobody pays before everything here is true, and whoever asks is told what is still open.

  Rule: The local billing server takes live money only when every line is settled

    Example: open: <what>
      Given everything is settled for live money at nyra-billing-server
      When it turns out not to be so: <what>
      Then the gate says NO-GO
      And it names what is open, and what to do next
      And once that is settled again, it says GO

      Examples:
        | what                                                                          |
        | Monthly price is saved                                                        |
        | Hosted AI cap is saved                                                        |
        | Pricing model snapshot is current                                             |
        | Billing rehearsal is fresh and passes                                         |
        | Each line of the Test Mode Checklist is proved                                |
        | Canceled and failed subscriptions revoke paid features                        |
        | Every required webhook event is handled                                       |
        | Billing storage guard passes                                                  |
        | Secrets are set, of the right shape and mode                                  |
        | The live guard is open, and Stripe is Stripe                                  |
        | No secret is in a file                                                        |
        | Support inbox is confirmed by a ticket round trip                             |
        | Domain and backend HTTPS URL are chosen                                       |
        | Stripe product and price exist, at the decided price                          |
        | Customer Portal cancellation is enabled                                       |
        | Customer Portal shows invoices, updates payment methods, and changes no plans |
        | Customer Portal is configured by a person                                     |
        | Webhook endpoint is registered, enabled and complete                          |
        | Webhook endpoint is receiving test events                                     |
        | License activation and paid-feature gates pass against the hosted backend     |
        | The hosted backend was rehearsed                                              |
        | The host keeps secrets and logs                                               |
        | Business identity, branding and payout are confirmed                          |
        | Stripe Tax is configured, or the tax scope is documented                      |
        | Policies match what the product does                                          |
        | Attorney/accountant review is complete enough for paid beta                   |

  Rule: The local billing server is not opened on what nobody knows

    Example: nobody knows whether it was rehearsed
      Given everything is settled for live money at nyra-billing-server
      When nobody knows any more: Billing rehearsal is fresh and passes
      Then the gate says UNDETERMINED
      And it names what is open, and what to do next
      And once that is settled again, it says GO

    Example: a rehearsal is good for a day
      Given everything is settled for test money at nyra-billing-server
      When the last rehearsal was 24 hours ago
      Then the gate says GO

    Example: and no longer
      Given everything is settled for test money at nyra-billing-server
      When the last rehearsal was 25 hours ago
      Then the gate says UNDETERMINED

  Rule: What is only recommended to the local billing server closes nothing

    Example: recommended: <what>
      Given everything is settled for live money at nyra-billing-server
      When it turns out not to be so: <what>
      Then the gate says GO
      And it warns

      Examples:
        | what                                         |
        | The recommended entitlement event is handled |
