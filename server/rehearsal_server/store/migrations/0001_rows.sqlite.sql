-- One row per verified event, for ever. The key begins with the object: its rows are read together.
CREATE TABLE event_rows (
    object_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    customer TEXT,
    subscription TEXT,
    payment TEXT,
    device TEXT,
    user TEXT,
    created INTEGER NOT NULL,
    fields TEXT NOT NULL,
    undone TEXT,
    PRIMARY KEY (object_id, event_id)
) WITHOUT ROWID;
CREATE INDEX event_rows_by_customer ON event_rows (customer);
CREATE INDEX event_rows_by_payment ON event_rows (payment);
CREATE INDEX event_rows_by_device ON event_rows (device);
CREATE INDEX event_rows_by_user ON event_rows (user);

-- Stripe's own answer about an object whose rows do not decide, and the set of rows it settled.
CREATE TABLE settlements (
    object_id TEXT NOT NULL PRIMARY KEY,
    row_set TEXT NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Events acknowledged without effect: not enabled, of another mode or account, or unknown.
CREATE TABLE unused_events (
    event_id TEXT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    decision TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE activations (
    customer TEXT NOT NULL,
    device TEXT NOT NULL,
    activated_at INTEGER NOT NULL,
    PRIMARY KEY (customer, device)
) WITHOUT ROWID;
CREATE INDEX activations_by_device ON activations (device);

-- What people asked other people to do, with anything secret taken out.
CREATE TABLE requests (
    request_id TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;

-- How far a reader of Stripe's event list has come.
CREATE TABLE cursors (
    name TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL
) WITHOUT ROWID;

-- Rewritten with the same value by each health check: a real write that changes nothing.
CREATE TABLE probes (
    name TEXT NOT NULL PRIMARY KEY,
    writable INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO probes (name, writable) VALUES ('health', 1);
