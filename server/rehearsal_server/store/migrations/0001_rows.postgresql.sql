-- One row per verified event, for ever. The key begins with the object: its rows are read together.
CREATE TABLE event_rows (
    object_id TEXT COLLATE "C" NOT NULL,
    event_id TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    customer TEXT COLLATE "C",
    subscription TEXT COLLATE "C",
    payment TEXT COLLATE "C",
    device TEXT COLLATE "C",
    "user" TEXT COLLATE "C",
    created BIGINT NOT NULL,
    fields TEXT COLLATE "C" NOT NULL,
    undone TEXT COLLATE "C",
    PRIMARY KEY (object_id, event_id)
);
CREATE INDEX event_rows_by_customer ON event_rows (customer);
CREATE INDEX event_rows_by_payment ON event_rows (payment);
CREATE INDEX event_rows_by_device ON event_rows (device);
CREATE INDEX event_rows_by_user ON event_rows ("user");

-- Stripe's own answer about an object whose rows do not decide, and the set of rows it settled.
CREATE TABLE settlements (
    object_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    row_set TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL
);

-- Events acknowledged without effect: not enabled, of another mode or account, or unknown.
CREATE TABLE unused_events (
    event_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    type TEXT COLLATE "C" NOT NULL,
    decision TEXT COLLATE "C" NOT NULL
);

CREATE TABLE activations (
    customer TEXT COLLATE "C" NOT NULL,
    device TEXT COLLATE "C" NOT NULL,
    activated_at BIGINT NOT NULL,
    PRIMARY KEY (customer, device)
);
CREATE INDEX activations_by_device ON activations (device);

-- What people asked other people to do, with anything secret taken out.
CREATE TABLE requests (
    request_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL
);

-- How far a reader of Stripe's event list has come.
CREATE TABLE cursors (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);

-- Rewritten with the same value by each health check: a real write that changes nothing.
CREATE TABLE probes (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    writable BIGINT NOT NULL
);
INSERT INTO probes (name, writable) VALUES ('health', 1);
