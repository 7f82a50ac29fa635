Feature: Going live with the accounts service
  Nobody pays before everything here is true, and whoever asks is told what is still open.

  Rule: The accounts service takes live money only when every line is settled

    Example: open: <what>
      Given everything is settled for live money at accounts-svc-plus
      When it turns out not to be so: <what>
      Then the gate says NO-GO
      And it names what is open, and what to do next
      And once that is settled again, it says GO

      Examples:
        | what                                                    |
        | Secrets are set, of the right shape and mode            |
        | The prices that checkout sells are listed               |
        | The console's public prices are set and exist           |
        | Billing rehearsal is fresh and passes                   |
        | Each line of the test mode runbook is proved            |
        | Every event that the service handles is proved          |
        | Webhook endpoint is registered, enabled and complete    |
        | Webhook delivery succeeds                               |
        | The signed-in user's subscriptions answer               |
        | The portal opens for the same user, and cancels         |
        | Secret values are on the server only                    |
        | The database is named and reachable through the service |
        | The complete flow is verified end to end in test mode   |
        | The live guard is open, and Stripe is Stripe            |

  Rule: The accounts service is not opened on what nobody knows

    Example: nobody knows whether it was rehearsed
      Given everything is settled for live money at accounts-svc-plus
      When nobody knows any more: Billing rehearsal is fresh and passes
      Then the gate says UNDETERMINED
      And it names what is open, and what to do next
      And once that is settled again, it says GO

    Example: a rehearsal is good for a day
      Given everything is settled for test money at accounts-svc-plus
      When the last rehearsal was 24 hours ago
      Then the gate says GO

    Example: and no longer
      Given everything is settled for test money at accounts-svc-plus
      When the last rehearsal was 25 hours ago
      Then the gate says UNDETERMINED
