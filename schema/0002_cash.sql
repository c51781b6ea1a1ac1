-- Cash that comes in: what banks said (accounts, statements, lines), and what was decided of each line. Lines and decisions
-- are facts: the projection (src/ledger/projection.c) makes items and settlements of them.

CREATE TABLE bank_account (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  account TEXT NOT NULL,                  -- IBAN without spaces, or as the bank writes it
  currency TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  bank TEXT NOT NULL DEFAULT '',
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE UNIQUE INDEX bank_account_account ON bank_account (tenant_id, company_id, account, currency);

CREATE TABLE bank_statement (             -- of one account, as one file gave it
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  position BIGINT NOT NULL,               -- in the file, from 1
  account_id BIGINT NOT NULL,
  number TEXT NOT NULL DEFAULT '',
  from_day BIGINT,
  to_day BIGINT,
  opening_day BIGINT,                     -- NULL: the bank gave no balance
  opening BIGINT,
  closing_day BIGINT,
  closing BIGINT,
  unbalanced BIGINT NOT NULL DEFAULT 0,   -- opening and lines do not make closing
  PRIMARY KEY (tenant_id, company_id, import_id, position)
);
CREATE INDEX bank_statement_account ON bank_statement (tenant_id, company_id, account_id, closing_day);

-- @rowid
CREATE TABLE bank_line (                  -- never edited but for its state
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,              -- that brought it first; bank_line_said has all that hold it
  position BIGINT NOT NULL,               -- in that import's file
  occurrence BIGINT NOT NULL,             -- which of several alike (account, day, amount, text) in one file
  booking_day BIGINT NOT NULL,
  value_day BIGINT,
  amount BIGINT NOT NULL,                 -- what comes in positive
  currency TEXT NOT NULL,
  kind TEXT NOT NULL,                     -- other transfer direct_debit cheque bill card return fee
  reversal BIGINT NOT NULL DEFAULT 0,
  pending BIGINT NOT NULL DEFAULT 0,      -- not booked yet: shown, never applied
  advice BIGINT NOT NULL DEFAULT 0,       -- announced by camt.054, CFONB 240, pain.002: a statement books it as well
  bank_reference TEXT NOT NULL DEFAULT '',
  end_to_end TEXT NOT NULL DEFAULT '',
  structured TEXT NOT NULL DEFAULT '',
  mandate TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  label TEXT NOT NULL DEFAULT '',
  payer TEXT NOT NULL DEFAULT '',
  payer_iban TEXT NOT NULL DEFAULT '',
  ultimate_payer TEXT NOT NULL DEFAULT '',
  return_code TEXT NOT NULL DEFAULT '',
  return_text TEXT NOT NULL DEFAULT '',
  fee BIGINT NOT NULL DEFAULT 0,
  original_amount BIGINT NOT NULL DEFAULT 0,
  original_currency TEXT NOT NULL DEFAULT '',
  batch BIGINT NOT NULL DEFAULT 0,        -- lines that the bank booked as one sum share it, within an import
  present BIGINT NOT NULL DEFAULT 1,      -- 0: no active import holds it any more
  state TEXT NOT NULL DEFAULT 'open',     -- open, applied, ignored
  application_id BIGINT NOT NULL DEFAULT 0, -- the active one
  reason TEXT NOT NULL DEFAULT '',        -- why it is ignored, or what it waits for
  waiting_day BIGINT,                     -- a person put it aside on that day (suspense)
  decided_at BIGINT NOT NULL DEFAULT 0,
  decided_by BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX bank_line_open ON bank_line (tenant_id, company_id, state, booking_day);
CREATE INDEX bank_line_account ON bank_line (tenant_id, company_id, account_id, booking_day);

CREATE TABLE bank_line_said (             -- every import whose file holds the line
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  line_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, import_id, line_id)
);
CREATE INDEX bank_line_said_line ON bank_line_said (tenant_id, company_id, line_id);

CREATE TABLE cash_application (           -- one decision: this line pays that; or two items of a customer settle each other
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  line_id BIGINT NOT NULL DEFAULT 0,      -- 0: a manual match, no money moved
  day BIGINT NOT NULL,                    -- the business day of the decision
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,      -- 0: the program
  automatic BIGINT NOT NULL DEFAULT 0,    -- certain, applied by itself
  returns_id BIGINT NOT NULL DEFAULT 0,   -- a return: the application whose payment came back
  fees BIGINT NOT NULL DEFAULT 0,         -- of a return: what the bank took besides, positive
  state TEXT NOT NULL,                    -- active, undone
  undone_at BIGINT NOT NULL DEFAULT 0,
  undone_by BIGINT NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT '{}',      -- JSON: confidence and reasons as they were shown
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX cash_application_line ON cash_application (tenant_id, company_id, line_id);

CREATE TABLE cash_fact (                  -- a receivable line that a decision brings; the item's id is its id (counter of fact)
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  class TEXT NOT NULL,                    -- payment, unpaid_return, other
  difference TEXT NOT NULL DEFAULT '',    -- class other: discount, fee, rounding
  account TEXT NOT NULL,
  posting_day BIGINT NOT NULL,
  number TEXT NOT NULL,
  amount BIGINT NOT NULL,                 -- debit positive
  currency TEXT NOT NULL,
  label TEXT NOT NULL,
  reopens_id BIGINT NOT NULL DEFAULT 0,   -- unpaid_return: the item that is open again
  collected_day BIGINT,                   -- subject to collection: the last day on which it may come back
  extra TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, company_id, customer_id, id)
);
CREATE INDEX cash_fact_application ON cash_fact (tenant_id, company_id, application_id);

CREATE TABLE cash_link (                  -- so much of this debit is settled by that credit
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  application_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  debit_id BIGINT NOT NULL,
  credit_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, customer_id, application_id, position)
);
CREATE INDEX cash_link_application ON cash_link (tenant_id, company_id, application_id);

CREATE TABLE cash_payer (                 -- what persons taught: who pays for whom
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  iban TEXT NOT NULL,                     -- '' when only the name is known
  name TEXT NOT NULL,                     -- as the bank wrote it
  customer_id BIGINT NOT NULL,
  times BIGINT NOT NULL,                  -- confirmed so often; 0 and below: contradicted
  last_day BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE UNIQUE INDEX cash_payer_payer ON cash_payer (tenant_id, company_id, iban, name, customer_id);
