-- What comes back by mail, and people working together on a customer.
ALTER TABLE reply ADD COLUMN source TEXT NOT NULL DEFAULT 'hand';      -- hand mail page (the debtor's own page)
ALTER TABLE reply ADD COLUMN topic TEXT NOT NULL DEFAULT '';           -- promise paid dispute document contact credit plan; '' not said
ALTER TABLE reply ADD COLUMN detail TEXT NOT NULL DEFAULT '';          -- JSON: what was given with it, by topic
ALTER TABLE reply ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE reply ADD COLUMN name TEXT NOT NULL DEFAULT '';            -- who wrote, as he calls himself
ALTER TABLE reply ADD COLUMN outbox_id BIGINT NOT NULL DEFAULT 0;      -- the message it answers
ALTER TABLE reply ADD COLUMN inbox_id BIGINT NOT NULL DEFAULT 0;       -- the mail it is
ALTER TABLE reply ADD COLUMN back_day BIGINT;                          -- absence: back on that day
ALTER TABLE reply ADD COLUMN handled_how TEXT NOT NULL DEFAULT '';     -- promise paid dispute document contact answered plan nothing other
ALTER TABLE reply ADD COLUMN handled_note TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN reply_id BIGINT NOT NULL DEFAULT 0;    -- it came with that answer
ALTER TABLE document ADD COLUMN inbox_id BIGINT NOT NULL DEFAULT 0;    -- it came with that mail
CREATE INDEX document_inbox ON document (tenant_id, company_id, inbox_id) WHERE inbox_id > 0;
CREATE INDEX outbox_recipient ON outbox (tenant_id, company_id, recipient);

CREATE TABLE inbox (                      -- where the reading of a company's mailbox stands
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  place TEXT NOT NULL,                    -- user@host/folder it is about: another place starts anew
  uid_validity BIGINT NOT NULL DEFAULT 0,
  last_uid BIGINT NOT NULL DEFAULT 0,     -- all up to it are in inbox_message, or were before the first day
  since_at BIGINT NOT NULL DEFAULT 0,     -- first looked at
  next_at BIGINT NOT NULL DEFAULT 0,
  checked_at BIGINT NOT NULL DEFAULT 0,   -- last look that worked
  received_at BIGINT NOT NULL DEFAULT 0,
  failures BIGINT NOT NULL DEFAULT 0,     -- in a row
  error TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, company_id)
);

CREATE TABLE inbox_message (              -- each mail that came, once
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  at BIGINT NOT NULL,                     -- read
  received_at BIGINT NOT NULL,
  uid_validity BIGINT NOT NULL,
  uid BIGINT NOT NULL,
  digest BYTEA NOT NULL,                  -- of what makes it this message: the same delivered twice is one
  message_id TEXT NOT NULL DEFAULT '',    -- without brackets
  kind TEXT NOT NULL,                     -- reply bounce undelivered delayed absence automatic complaint
  state TEXT NOT NULL,                    -- tied waiting dismissed
  how TEXT NOT NULL DEFAULT '',           -- thread address number hand
  from_address TEXT NOT NULL DEFAULT '',
  from_name TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  words TEXT NOT NULL DEFAULT '',         -- what was written, without what was quoted
  text TEXT NOT NULL DEFAULT '',          -- all of it, as text
  detail TEXT NOT NULL DEFAULT '',        -- JSON: addresses that failed, files that were too large…
  customer_id BIGINT NOT NULL DEFAULT 0,
  suggested_id BIGINT NOT NULL DEFAULT 0, -- waiting: the customer it may be of
  outbox_id BIGINT NOT NULL DEFAULT 0,
  reply_id BIGINT NOT NULL DEFAULT 0,
  filed BIGINT NOT NULL DEFAULT 0,        -- marked or moved in the mailbox: 0 to do, 1 done, 2 left as it is
  settled_by BIGINT NOT NULL DEFAULT 0,
  settled_at BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE UNIQUE INDEX inbox_message_digest ON inbox_message (tenant_id, company_id, digest);
CREATE INDEX inbox_message_state ON inbox_message (tenant_id, company_id, state);
CREATE INDEX inbox_message_thread ON inbox_message (tenant_id, company_id, message_id);

CREATE TABLE task (                       -- something to do for a customer, with an owner and a day
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  text TEXT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL DEFAULT 0,
  done_by BIGINT NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT '',
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX task_customer ON task (tenant_id, company_id, customer_id);
CREATE INDEX task_owner ON task (tenant_id, company_id, owner_id, done_at, due_day);

CREATE TABLE watch (                      -- who wants to hear of a customer
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, customer_id, user_id)
);

CREATE TABLE notification (               -- what somebody should know; it never holds more than he may see
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- mention task reply watch handover
  customer_id BIGINT NOT NULL DEFAULT 0,
  ref BIGINT NOT NULL DEFAULT 0,          -- the task, the reply
  text TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  seen_at BIGINT NOT NULL DEFAULT 0,
  mailed_at BIGINT NOT NULL DEFAULT 0,    -- in a daily digest
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX notification_user ON notification (tenant_id, user_id, seen_at);
ALTER TABLE user_account ADD COLUMN digest BIGINT NOT NULL DEFAULT 1;  -- a daily mail of what is new for him
