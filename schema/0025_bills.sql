-- Receivables that are not plain: what we present ourselves (bills, direct debits), retentions, assigned claims, set-off.

CREATE TABLE mandate (                    -- src/ledger/mandate.h: a customer's authority to debit his account (SEPA)
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  rum TEXT NOT NULL,                      -- unique mandate reference
  scheme TEXT NOT NULL,                   -- core b2b
  iban TEXT NOT NULL,
  bic TEXT NOT NULL DEFAULT '',
  debtor TEXT NOT NULL DEFAULT '',        -- holder of the account, when he is not the customer by name
  signed_day BIGINT NOT NULL,
  last_used_day BIGINT,                   -- lapses 36 months after
  ended_day BIGINT,
  ended_why TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX mandate_customer ON mandate (tenant_id, company_id, customer_id);

CREATE TABLE instrument (                 -- src/ledger/instrument.h: a bill or a direct debit that is to bring the money of some items
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- lcr bor debit
  state TEXT NOT NULL,                    -- drawn sent accepted refused remitted paid unpaid cancelled
  to_accept BIGINT NOT NULL DEFAULT 0,    -- lcr: the drawee is asked to accept it
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  made_day BIGINT NOT NULL,
  due_day BIGINT NOT NULL,                -- maturity; of a debit the day of its collection
  sent_day BIGINT,                        -- for acceptance; of a debit the customer was told of it (pre-notification)
  chased_day BIGINT,                      -- the paper was asked for again
  accepted_day BIGINT,
  remittance_id BIGINT NOT NULL DEFAULT 0,
  remitted_day BIGINT,
  discounted BIGINT NOT NULL DEFAULT 0,   -- remitted for discount: the risk stays ours until good end
  paid_day BIGINT,
  back_day BIGINT,                        -- unpaid
  back_code TEXT NOT NULL DEFAULT '',     -- src/formats/return_reason.h
  ended_why TEXT NOT NULL DEFAULT '',
  mandate_id BIGINT NOT NULL DEFAULT 0,
  iban TEXT NOT NULL DEFAULT '',          -- of the drawee
  attempt BIGINT NOT NULL DEFAULT 1,      -- how often its items were presented by this means
  before_id BIGINT NOT NULL DEFAULT 0,    -- the presentation that came back
  note TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX instrument_customer ON instrument (tenant_id, company_id, customer_id);
CREATE INDEX instrument_open ON instrument (tenant_id, company_id, state) WHERE state NOT IN ('paid', 'unpaid', 'cancelled');

CREATE TABLE instrument_item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  instrument_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, instrument_id, item_id)
);
CREATE INDEX instrument_item_item ON instrument_item (tenant_id, company_id, item_id);

CREATE TABLE remittance (                 -- src/ledger/remittance.h: what was handed to the bank together, with its file as it was written
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- lcr core b2b
  discount BIGINT NOT NULL DEFAULT 0,
  made_day BIGINT NOT NULL,
  value_day BIGINT,                       -- core, b2b: the day of collection asked for
  iban TEXT NOT NULL,                     -- our account
  count BIGINT NOT NULL,
  total BIGINT NOT NULL,
  currency TEXT NOT NULL,
  file_name TEXT NOT NULL,
  bytes BYTEA NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  at BIGINT NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

CREATE TABLE retention (                  -- src/ledger/retention.h: what a person knows of an item on 4117
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  accepted_day BIGINT,                    -- acceptance of the works (réception); due one year after
  guarantee TEXT NOT NULL DEFAULT '',     -- a bank's guarantee in its place: which
  guarantee_day BIGINT,
  opposed_day BIGINT,                     -- a reasoned opposition by registered letter
  opposed_why TEXT NOT NULL DEFAULT '',
  claimed_day BIGINT,                     -- its release was asked for
  tasked_day BIGINT,                      -- a colleague was given the task
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, item_id)
);

CREATE TABLE payee (                      -- src/ledger/assignment.h: a bank or a factor that claims are assigned to
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  name TEXT NOT NULL,
  route TEXT NOT NULL,                    -- dailly factoring
  address TEXT NOT NULL DEFAULT '',
  iban TEXT NOT NULL,
  bic TEXT NOT NULL DEFAULT '',
  contract TEXT NOT NULL DEFAULT '',      -- its number or date, as the slip names it
  notified BIGINT NOT NULL DEFAULT 0,     -- the debtors are told: they pay the payee
  recourse BIGINT NOT NULL DEFAULT 0,
  managed BIGINT NOT NULL DEFAULT 0,      -- we go on reminding, in the payee's name and for his account
  commission_bp BIGINT NOT NULL DEFAULT 0, -- of the amount assigned, basis points
  interest_bp BIGINT NOT NULL DEFAULT 0,  -- a year, on what is advanced
  reserve_bp BIGINT NOT NULL DEFAULT 0,   -- kept back until paid
  ended BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

CREATE TABLE assignment (                 -- one slip (bordereau): claims assigned on one day
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  payee_id BIGINT NOT NULL,
  day BIGINT NOT NULL,                    -- of the slip: it takes effect between the parties
  notified BIGINT NOT NULL,               -- as agreed on that day
  recourse BIGINT NOT NULL,
  managed BIGINT NOT NULL,
  currency TEXT NOT NULL,
  total BIGINT NOT NULL,
  state TEXT NOT NULL,                    -- active cancelled
  by_user BIGINT NOT NULL DEFAULT 0,
  at BIGINT NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

CREATE TABLE assignment_item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  assignment_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,                 -- open when it was assigned
  notified_day BIGINT,                    -- the debtor was told of this one
  back_day BIGINT,                        -- given back by the payee (définancement): ours again
  back_why TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, company_id, assignment_id, item_id)
);
CREATE INDEX assignment_item_item ON assignment_item (tenant_id, company_id, item_id);

CREATE TABLE set_off (                    -- src/ledger/set_off.h: what he owes us against what we owe him (C. civ. 1347)
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  state TEXT NOT NULL,                    -- proposed agreed settled cancelled
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,                 -- the smaller of both sides
  agreed BIGINT NOT NULL DEFAULT 0,       -- by agreement (1348-2), else legal (1347) or connected debts (1348-1)
  connected BIGINT NOT NULL DEFAULT 0,
  made_day BIGINT NOT NULL,
  effect_day BIGINT NOT NULL,             -- the day on which its conditions were met
  answered_day BIGINT,
  ended_day BIGINT,
  note TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX set_off_customer ON set_off (tenant_id, company_id, customer_id);

CREATE TABLE set_off_item (               -- his debts
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  set_off_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, set_off_id, item_id)
);

CREATE TABLE set_off_debt (               -- ours, as his invoices name them
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  set_off_id BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  number TEXT NOT NULL,
  due_day BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, set_off_id, rank)
);
