Feature: Going live with the site
  Nobody pays before everything here is true, and whoever asks is told what is still open.

  Rule: The site takes live money only when every line is settled

    Example: open: <what>
      Given everything is settled for live money at aipowerprogress
      When it turns out not to be so: <what>
      Then the gate says NO-GO
      And it names what is open, and what to do next
      And once that is settled again, it says GO

      Examples:
        | what                                                            |
        | Live values are set on the server only                          |
        | Products and prices exist as offered                            |
        | Privacy, terms and refund pages answer                          |
        | Policy pages are entered in Stripe's Dashboard                  |
        | Webhook endpoint is registered, enabled and complete            |
        | Webhook endpoint is receiving events                            |
        | Every event of the list is handled                              |
        | Billing rehearsal is fresh and passes                           |
        | Orders, retainer and replay are proved                          |
        | The one readiness source answers                                |
        | The public pages answer                                         |
        | A person has seen that pages claim nothing before the webhook   |
        | Checkout, portal, replay and intake are there                   |
        | Account and admin pages ask who is there                        |
        | Billing Portal cancels, shows invoices, updates payment methods |
        | No secret is in a file                                          |
        | The live guard is open, and Stripe is Stripe                    |
        | The hosted site was rehearsed                                   |
        | One live smoke is approved, and an operator watches             |

  Rule: The site is not opened on what nobody knows

    Example: nobody knows whether it was rehearsed
      Given everything is settled for live money at aipowerprogress
      When nobody knows any more: Billing rehearsal is fresh and passes
      Then the gate says UNDETERMINED
      And it names what is open, and what to do next
      And once that is settled again, it says GO

    Example: a rehearsal is good for a day
      Given everything is settled for test money at aipowerprogress
      When the last rehearsal was 24 hours ago
      Then the gate says GO

    Example: and no longer
      Given everything is settled for test money at aipowerprogress
      When the last rehearsal was 25 hours ago
      Then the gate says UNDETERMINED

  Rule: What is only recommended to the site closes nothing

    Example: recommended: <what>
      Given everything is settled for live money at aipowerprogress
      When it turns out not to be so: <what>
      Then the gate says GO
      And it warns

      Examples:
        | what                                          |
        | The pack of compute credits exists as offered |
