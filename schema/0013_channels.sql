-- What leaves the house by other ways than mail, and how each customer wants to be spoken to.
ALTER TABLE outbox ADD COLUMN cc TEXT NOT NULL DEFAULT '';             -- copies that everybody sees, separated by commas
ALTER TABLE outbox ADD COLUMN parts BIGINT NOT NULL DEFAULT 0;         -- of a text message
ALTER TABLE outbox ADD COLUMN cost BIGINT NOT NULL DEFAULT 0;          -- expected, in ten-thousandths of the company's currency
ALTER TABLE outbox ADD COLUMN provider_ref TEXT NOT NULL DEFAULT '';   -- what the gateway or the postal service calls it
CREATE INDEX outbox_customer ON outbox (tenant_id, company_id, customer_id);

CREATE TABLE preference (                 -- how a customer, or one of his contacts, wants to be spoken to
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  channel TEXT NOT NULL DEFAULT '',       -- email letter sms call; '': as the scenario says
  hours TEXT NOT NULL DEFAULT '',         -- "09:00-12:00": when he may be called or written to by telephone
  no_phone BIGINT NOT NULL DEFAULT 0,     -- neither called nor written to by telephone
  copies TEXT NOT NULL DEFAULT '',        -- sales, collector, or addresses, separated by commas
  note TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',      -- of the texts, where it is neither French nor English
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, customer_id)
);

CREATE TABLE phone_stop (                 -- numbers that want no more text messages, tenant-wide
  tenant_id BIGINT NOT NULL,
  phone TEXT NOT NULL,                    -- +33612345678
  reason TEXT NOT NULL,                   -- reply, webhook, by hand
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, phone)
);

CREATE TABLE call_attempt (               -- one row a call, reached or not: why he pays late, and when he is reached
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  action_id BIGINT NOT NULL DEFAULT 0,
  at BIGINT NOT NULL,
  day BIGINT NOT NULL,
  minute BIGINT NOT NULL,                 -- of the company's civil day
  outcome TEXT NOT NULL,
  reached BIGINT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',        -- why he pays late: approval purchase_order cash not_received …; '' not said
  by_user BIGINT NOT NULL DEFAULT 0,
  undone BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, customer_id, id)
);
CREATE INDEX call_attempt_action ON call_attempt (tenant_id, company_id, action_id);

CREATE TABLE letter (                     -- what happens to a letter on paper, beside its action
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL DEFAULT 0,     -- the print run it was in
  number TEXT NOT NULL DEFAULT '',        -- registered: the postal number
  printed_at BIGINT NOT NULL DEFAULT 0,
  deposited_day BIGINT,                   -- handed to the post
  delivered_day BIGINT,                   -- registered: received, refused, or given back
  fate TEXT NOT NULL DEFAULT '',          -- delivered refused unclaimed unknown_address
  note TEXT NOT NULL DEFAULT '',
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, action_id)
);
CREATE INDEX letter_batch_id ON letter (tenant_id, company_id, batch_id) WHERE batch_id > 0;

CREATE TABLE letter_batch (               -- one print run: one PDF with its posting list
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  day BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  letters BIGINT NOT NULL,
  pages BIGINT NOT NULL DEFAULT 0,
  document_id BIGINT NOT NULL DEFAULT 0,  -- its PDF
  posted_day BIGINT,                      -- when a person said that it was posted
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

CREATE TABLE logo (                       -- of the company, for its letters and statements
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  type TEXT NOT NULL,                     -- image/png
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id)
);
