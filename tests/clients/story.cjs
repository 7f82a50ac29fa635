// stripe-node over HTTP, unmodified: the same story as test_clients_python.py, each check in an account of its own.
// Prints one line of JSON: the names of the checks that passed, and what the others said.
const assert = require("node:assert/strict");
const crypto = require("node:crypto");
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

(async () => {
  const passed = [];
  const failed = {};
  for (const [name, check] of Object.entries(checks)) {
    const own = crypto.createHash("sha256").update(process.env.STRIPE_SECRET_KEY + name).digest("hex");
    try {
      await check(client("sk_test_" + own.slice(0, 32)));
      passed.push(name);
    } catch (error) {
      failed[name] = String(error.stack || error).slice(0, 2000);
    }
  }
  console.log(JSON.stringify({ passed, failed }));
})();
