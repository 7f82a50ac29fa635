// stripe-node over HTTP, unmodified: the same story as its neighbours in Python, each check in an account of its own.
// Prints one line of JSON: the names of the checks that passed, and what the others said.
const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const http = require("node:http");
const Stripe = require("stripe");

const address = new URL(process.env.STRIPE_ADDRESS);
const host = { host: address.hostname, port: address.port, protocol: address.protocol.slice(0, -1) };

const client = (key) => new Stripe(key, { ...host, maxNetworkRetries: 0 });

const rejected = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: "it was not refused" });
};

async function aPrice(stripe) {
  const product = await stripe.products.create({ name: "Pro" });
  return stripe.prices.create({
    product: product.id,
    currency: "usd",
    unit_amount: 1200,
    recurring: { interval: "month" },
    lookup_key: "pro_monthly",
  });
}

const aCustomer = (stripe, card = "pm_card_visa") =>
  stripe.customers.create({
    email: "ada@example.com",
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  });

const subscribed = async (stripe) => {
  const [price, customer] = [await aPrice(stripe), await aCustomer(stripe)];
  return stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    expand: ["latest_invoice.payments"],
  });
};

const checks = {
  async "a price is found by its lookup key"(stripe) {
    const price = await aPrice(stripe);
    const found = await stripe.prices.list({ lookup_keys: ["pro_monthly"], expand: ["data.product"] });
    assert.deepEqual(found.data.map((each) => each.id), [price.id]);
    assert.equal(found.data[0].product.name, "Pro");
  },

  async "a subscription is paid and its invoice expanded"(stripe) {
    const made = await subscribed(stripe);
    assert.equal(made.status, "active");
    assert.equal(made.latest_invoice.status, "paid");
    assert.match(made.latest_invoice.payments.data[0].payment.payment_intent, /^pi_/);
    assert.ok(made.items.data[0].current_period_end > made.start_date);
  },

  async "a list is paged through to its end"(stripe) {
    const made = [];
    for (let number = 0; number < 25; number++) made.unshift((await stripe.customers.create()).id);
    const seen = [];
    for await (const each of stripe.customers.list({ limit: 10 })) seen.push(each.id);
    assert.deepEqual(seen, made);
    const events = await stripe.events.list({ type: "customer.created", limit: 5 }).autoPagingToArray({ limit: 100 });
    assert.deepEqual(events.map((event) => event.data.object.id), made);
  },

  async "an idempotency key gives the first answer again"(stripe) {
    const once = { idempotencyKey: "once" };
    const first = await stripe.customers.create({ name: "Ada" }, once);
    const again = await stripe.customers.create({ name: "Ada" }, once);
    assert.equal(first.id, again.id);
    assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
    const error = await rejected(stripe.customers.create({ name: "Bea" }, once));
    assert.ok(error instanceof Stripe.errors.StripeIdempotencyError, error.type);
  },

  async "an unknown parameter is an invalid request"(stripe) {
    const error = await rejected(stripe.customers.create({ nmae: "Ada" }));
    assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError);
    assert.deepEqual([error.code, error.param, error.statusCode], ["parameter_unknown", "nmae", 400]);
    assert.ok(error.requestId);
  },

  async "a declined card is a card error"(stripe) {
    const intent = { amount: 500, currency: "usd", payment_method: "pm_card_chargeDeclined", confirm: true };
    const redirects = { automatic_payment_methods: { enabled: true, allow_redirects: "never" } };
    const error = await rejected(stripe.paymentIntents.create({ ...intent, ...redirects }));
    assert.ok(error instanceof Stripe.errors.StripeCardError, error.message);
    assert.deepEqual([error.code, error.decline_code, error.statusCode], ["card_declined", "generic_decline", 402]);
    assert.equal(error.payment_intent.status, "requires_payment_method");
  },

  async "a wrong key does not authenticate"() {
    const error = await rejected(client("not_a_key_of_anybody").customers.list());
    assert.ok(error instanceof Stripe.errors.StripeAuthenticationError);
  },

  async "a portal session has an address"(stripe) {
    const customer = await aCustomer(stripe);
    const asked = { customer: customer.id, return_url: "https://app.example.com/account" };
    assert.ok((await stripe.billingPortal.sessions.create(asked)).url);
  },

  async "part of a payment is refunded"(stripe) {
    const intent = (await subscribed(stripe)).latest_invoice.payments.data[0].payment.payment_intent;
    assert.equal((await stripe.refunds.create({ payment_intent: intent, amount: 200 })).status, "succeeded");
    assert.equal((await stripe.refunds.create({ payment_intent: intent })).amount, 1000);
    const error = await rejected(stripe.refunds.create({ payment_intent: intent }));
    assert.equal(error.code, "charge_already_refunded");
  },
};

const control = async (path, body) => {
  const answer = await fetch(`${address.origin}/control/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, await answer.text());
};

// What the next requests meet; nobody else asks this bench meanwhile.
const failing = async (faults, ask) => {
  await control("faults", faults);
  try {
    return await ask();
  } finally {
    await control("faults", { none: true });
  }
};

Object.assign(checks, {
  async "a rate limit is its own error"(stripe) {
    const error = await failing({ rate_limits: 1 }, () => rejected(stripe.customers.create({ name: "Ada" })));
    assert.ok(error instanceof Stripe.errors.StripeRateLimitError, error.type);
    assert.deepEqual([error.code, error.statusCode], ["rate_limit", 429]);
    assert.equal((await stripe.customers.list()).data.length, 0);
  },

  async "an error of Stripe's is an API error"(stripe) {
    const error = await failing({ api_errors: 1 }, () => rejected(stripe.balance.retrieve()));
    assert.ok(error instanceof Stripe.errors.StripeAPIError, error.type);
    assert.equal(error.statusCode, 500);
  },

  async "retries end in one object"(stripe, key) {
    const patient = new Stripe(key, { ...host, maxNetworkRetries: 3 });
    for (const fault of ["api_errors", "lost_answers", "lock_timeouts"]) {
      const made = await failing({ [fault]: 2 }, () => patient.customers.create({ name: fault }));
      const found = await stripe.customers.list({ limit: 100 });
      assert.deepEqual(found.data.filter((each) => each.name === fault).map((each) => each.id), [made.id], fault);
    }
  },

  async "nobody at the address is a connection error"(stripe, key) {
    const lost = new Stripe(key, { ...host, port: "9", maxNetworkRetries: 0 });
    const error = await rejected(lost.customers.list());
    assert.ok(error instanceof Stripe.errors.StripeConnectionError, error.type);
  },

  async "an unknown id is missing"(stripe) {
    const error = await rejected(stripe.subscriptions.create({ customer: "cus_nobody", items: [] }));
    assert.deepEqual([error.code, error.param, error.statusCode], ["resource_missing", "customer", 400]);
    assert.equal((await rejected(stripe.customers.retrieve("cus_nobody"))).statusCode, 404);
  },

  async "a list is paged through backwards and by hand"(stripe) {
    const made = [];
    for (let number = 0; number < 12; number++) made.unshift((await stripe.products.create({ name: `${number}` })).id);
    const newer = await stripe.products.list({ ending_before: made[11], limit: 5 }).autoPagingToArray({ limit: 100 });
    assert.deepEqual(newer.map((each) => each.id), made.slice(0, 11).reverse());
    const seen = [];
    await stripe.products.list({ limit: 5 }).autoPagingEach((each) => seen.push(each.id) < 7);
    assert.deepEqual(seen, made.slice(0, 7));
    const error = await rejected(stripe.products.list({ ending_before: made[1], starting_after: made[5] }));
    assert.match(error.message, /Please pass in only one/);
  },

  async "a search is paged through"(stripe) {
    for (let number = 0; number < 7; number++) await stripe.customers.create({ metadata: { team: "blue" } });
    await stripe.customers.create();
    const query = "metadata['team']:'blue'";
    assert.equal((await stripe.customers.search({ query, limit: 3 })).has_more, true);
    assert.equal((await stripe.customers.search({ query, limit: 3 }).autoPagingToArray({ limit: 100 })).length, 7);
  },

  async "what is nested is expanded, four levels deep"(stripe) {
    const made = await subscribed(stripe);
    const expand = ["payments.data.payment.payment_intent", "customer.invoice_settings.default_payment_method"];
    const invoice = await stripe.invoices.retrieve(made.latest_invoice.id, { expand });
    assert.equal(invoice.payments.data[0].payment.payment_intent.amount_received, 1200);
    assert.equal(invoice.customer.invoice_settings.default_payment_method.card.brand, "visa");
    const listed = await stripe.subscriptions.list({ expand: ["data.latest_invoice.payments"] });
    assert.equal(listed.data[0].latest_invoice.payments.data[0].status, "paid");
  },

  async "a request names its version and its idempotency key"(stripe) {
    const made = await subscribed(stripe);
    const older = await stripe.subscriptions.retrieve(made.id, {}, { apiVersion: "2024-06-20" });
    assert.equal(older.current_period_end, made.items.data[0].current_period_end);
    assert.equal(made.current_period_end, undefined);
    assert.equal((await rejected(stripe.customers.list({}, { apiVersion: "1999-01-01" }))).statusCode, 400);
  },

  async "a raw request is answered"(stripe) {
    const made = await stripe.rawRequest("POST", "/v1/customers", { name: "Ada", metadata: { a: "b" } });
    assert.deepEqual([made.name, made.metadata.a], ["Ada", "b"]);
    assert.match(made.lastResponse.requestId, /^req_/);
    const heard = [];
    stripe.on("response", (each) => heard.push([each.method, each.status, each.request_id.slice(0, 4)]));
    await stripe.rawRequest("GET", `/v1/customers/${made.id}`, {});
    assert.deepEqual(heard, [["GET", 200, "req_"]]);
  },

  async "a test clock renews a subscription"(stripe) {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1780000000 });
    const customer = await stripe.customers.create({
      test_clock: clock.id,
      payment_method: "pm_card_visa",
      invoice_settings: { default_payment_method: "pm_card_visa" },
    });
    const price = await aPrice(stripe);
    const made = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1780000000 + 32 * 86400 });
    for (let tries = 0; tries < 100; tries++) {
      if ((await stripe.testHelpers.testClocks.retrieve(clock.id)).status === "ready") break;
    }
    const invoices = await stripe.invoices.list({ subscription: made.id });
    assert.deepEqual(
      invoices.data.map((each) => [each.billing_reason, each.status]),
      [["subscription_cycle", "paid"], ["subscription_create", "paid"]],
    );
  },

  async "a delivered webhook is constructed, and a touched one refused"(stripe) {
    const received = [];
    const server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      received.push([Buffer.concat(chunks), request.headers["stripe-signature"]]);
      response.end("ok");
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    try {
      const url = `http://127.0.0.1:${server.address().port}/webhook`;
      const { secret } = await stripe.webhookEndpoints.create({ url, enabled_events: ["customer.created"] });
      const made = await stripe.customers.create({ name: "Ada" });
      for (let tries = 0; !received.length && tries < 600; tries++) await new Promise((done) => setTimeout(done, 50));
      const [body, header] = received[0];
      const event = stripe.webhooks.constructEvent(body, header, secret);
      assert.deepEqual([event.type, event.data.object.id], ["customer.created", made.id]);
      assert.equal((await stripe.webhooks.constructEventAsync(body.toString(), header, secret)).id, event.id);
      const signedAt = Number(header.match(/t=(\d+)/)[1]);
      const later = (signedAt + 301) * 1000;
      const touched = [
        () => stripe.webhooks.constructEvent(body.toString().replace("Ada", "Bea"), header, secret),
        () => stripe.webhooks.constructEvent(body, header, "whsec_" + "0".repeat(32)),
        () => stripe.webhooks.constructEvent(body, "", secret),
        () => stripe.webhooks.constructEvent(body, header, secret, 300, undefined, later),
      ];
      for (const each of touched) assert.throws(each, Stripe.errors.StripeSignatureVerificationError);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  },

  async "a file is refused in Stripe's shape"(stripe) {
    const file = { data: Buffer.from("evidence"), name: "evidence.txt", type: "text/plain" };
    const error = await rejected(stripe.files.create({ purpose: "dispute_evidence", file }));
    assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError, error.type);
    assert.match(error.message, /files/);
  },
});

(async () => {
  const passed = [];
  const failed = {};
  for (const [name, check] of Object.entries(checks)) {
    const own = crypto.createHash("sha256").update(process.env.STRIPE_SECRET_KEY + name).digest("hex");
    try {
      const key = "sk_test_" + own.slice(0, 32);
      await check(client(key), key);
      passed.push(name);
    } catch (error) {
      failed[name] = String(error.stack || error).slice(0, 2000);
    }
  }
  // A connection that was lost leaves a timer of 80 seconds behind, which nobody waits for.
  process.stdout.write(JSON.stringify({ passed, failed }) + "\n", () => process.exit());
})();
