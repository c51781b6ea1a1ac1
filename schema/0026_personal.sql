-- Personal data: what was erased (src/privacy/erase.h), and digests of it so that the next import does not bring it back
-- (src/ledger/forgotten.h).

CREATE TABLE erasure (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  subject TEXT NOT NULL,                  -- customer contact user retention
  customer_id BIGINT NOT NULL DEFAULT 0,
  ref_id BIGINT NOT NULL DEFAULT 0,       -- the contact's or the account's id
  reason TEXT NOT NULL DEFAULT '',        -- asked, ended; of a retention: the kind of data
  day BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,      -- 0: the program, by the periods of the settings
  row_count BIGINT NOT NULL,              -- rows emptied, masked or gone
  events BIGINT NOT NULL,                 -- of the history, whose content went
  kept TEXT NOT NULL DEFAULT '{}',        -- JSON: what stays, by table
  lifted_day BIGINT,                      -- he is known again from that day
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX erasure_customer ON erasure (tenant_id, company_id, customer_id);

CREATE TABLE forgotten (                  -- keyed digests of addresses and numbers that were erased
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- email phone; key: the company's key for them
  hash BYTEA NOT NULL,
  erasure_id BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, kind, hash)
);

ALTER TABLE bank_line ADD COLUMN told BYTEA;                           -- digest of its text before a name was taken out: the same line told again meets it
ALTER TABLE user_account ADD COLUMN disabled_at BIGINT NOT NULL DEFAULT 0;
