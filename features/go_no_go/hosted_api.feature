Feature: Going live with the hosted billing API
  Nobody pays before everything here is true, and whoever asks is told what is still open.

  Rule: The hosted billing API takes live money only when every line is settled

    Example: open: <what>
      Given everything is settled for live money at nyra-billing-api
      When it turns out not to be so: <what>
      Then the gate says NO-GO
      And it names what is open, and what to do next
      And once that is settled again, it says GO

      Examples:
        | what                                                             |
        | Monthly price is saved                                           |
        | Hosted AI cap is saved                                           |
        | Account, worker domain, database and configuration are in place  |
        | The worker's variables are set                                   |
        | Billing rehearsal is fresh and passes                            |
        | Every required webhook event is handled                          |
        | Each line of Required Verification is proved                     |
        | Checkout with live keys waits for deployability                  |
        | Bad webhook signature is rejected                                |
        | Device tokens expire and refresh                                 |
        | Secrets are set, of the right shape and mode                     |
        | The live guard is open, and Stripe is Stripe                     |
        | No secret is in a file                                           |
        | Support inbox is created, secured and tested                     |
        | Domain and backend HTTPS URL are chosen                          |
        | Stripe product and monthly price exist, at the decided price     |
        | Customer Portal cancels, shows invoices, updates payment methods |
        | Webhook endpoint is registered, enabled and complete             |
        | The hosted worker is well and answers                            |
        | The hosted worker was rehearsed                                  |
        | The desktop release is signed and trusted by the store           |
        | Somebody has decided where live money is opened                  |
        | Attorney/accountant review is approved for paid beta             |

  Rule: The hosted billing API is not opened on what nobody knows

    Example: nobody knows whether it was rehearsed
      Given everything is settled for live money at nyra-billing-api
      When nobody knows any more: Billing rehearsal is fresh and passes
      Then the gate says UNDETERMINED
      And it names what is open, and what to do next
      And once that is settled again, it says GO

    Example: a rehearsal is good for a day
      Given everything is settled for test money at nyra-billing-api
      When the last rehearsal was 24 hours ago
      Then the gate says GO

    Example: and no longer
      Given everything is settled for test money at nyra-billing-api
      When the last rehearsal was 25 hours ago
      Then the gate says UNDETERMINED
