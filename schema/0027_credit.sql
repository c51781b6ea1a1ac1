-- Selling on credit with care: credit insurance, deposits asked from risky customers.

CREATE TABLE insurance_policy (           -- src/ledger/insurance.h: a contract with a credit insurer, its rules as data
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  insurer TEXT NOT NULL,
  number TEXT NOT NULL,                   -- of the contract
  email TEXT NOT NULL DEFAULT '',         -- where claims go
  currency TEXT NOT NULL,
  scope TEXT NOT NULL,                    -- all domestic export
  from_day BIGINT NOT NULL,               -- of deliveries
  until_day BIGINT,
  share_bp BIGINT NOT NULL,               -- insured share (quotité), basis points
  vat_bp BIGINT NOT NULL DEFAULT 0,       -- taken off what is VAT included; 0: VAT is covered
  deductible BIGINT NOT NULL DEFAULT 0,   -- of each claim
  discretionary BIGINT NOT NULL DEFAULT 0,      -- limit without asking; 0: none
  discretionary_late BIGINT NOT NULL DEFAULT 0, -- not for who was late by more days at delivery; 0: no matter
  terms_days BIGINT NOT NULL DEFAULT 0,         -- longest terms; 0: any
  terms_export_days BIGINT NOT NULL DEFAULT 0,  -- 0: as terms_days
  extension_days BIGINT NOT NULL DEFAULT 0,     -- that may be granted without asking
  counted_from TEXT NOT NULL,             -- due credit: what the delays below count from
  declare_days BIGINT NOT NULL DEFAULT 0, -- to tell of an overdue item; 0: not asked for
  declare_from BIGINT NOT NULL DEFAULT 0, -- only from so much overdue by one customer on
  claim_days BIGINT NOT NULL DEFAULT 0,   -- to declare the claim
  insolvency_days BIGINT NOT NULL DEFAULT 0, -- to tell of proceedings, from the judgment
  stop_days BIGINT NOT NULL DEFAULT 0,    -- deliveries are not covered while something is overdue by more; 0: no matter
  public_buyers BIGINT NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

CREATE TABLE cover_decision (             -- what was asked of the insurer for a customer, and what he decided
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  policy_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- named temporary
  state TEXT NOT NULL,                    -- requested granted reduced withdrawn refused
  amount BIGINT NOT NULL,
  from_day BIGINT NOT NULL,               -- of the deliveries it holds for
  until_day BIGINT,
  reference TEXT NOT NULL DEFAULT '',     -- the insurer's
  note TEXT NOT NULL DEFAULT '',
  removed_day BIGINT,                     -- entered by mistake
  by_user BIGINT NOT NULL DEFAULT 0,
  at BIGINT NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX cover_decision_customer ON cover_decision (tenant_id, company_id, customer_id);

CREATE TABLE insured_item (               -- what a person knows, and what the insurer was told, of one item
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  delivered_day BIGINT,                   -- else the day of issue
  extended_until BIGINT,                  -- a longer term, granted with the insurer's rules
  extended_day BIGINT,
  declared_day BIGINT,                    -- the insurer was told that it is overdue
  claimed_day BIGINT,                     -- the claim was declared
  claim_reference TEXT NOT NULL DEFAULT '',
  refused_day BIGINT,                     -- the insurer refused it
  refused_why TEXT NOT NULL DEFAULT '',
  paid_day BIGINT,                        -- indemnity received
  paid BIGINT NOT NULL DEFAULT 0,
  tasked TEXT NOT NULL DEFAULT '',        -- the duty a colleague was given a task for: "declare 2026-03-01"
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, item_id)
);

CREATE TABLE insurer_notice (             -- what the insurer was told of a customer as a whole
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- insolvency other
  day BIGINT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX insurer_notice_customer ON insurer_notice (tenant_id, company_id, customer_id);

CREATE TABLE deposit (                    -- src/ledger/deposit.h: money asked before a delivery (acompte)
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  state TEXT NOT NULL,                    -- asked received used cancelled
  order_ref TEXT NOT NULL DEFAULT '',     -- of the order it secures
  order_amount BIGINT NOT NULL,
  amount BIGINT NOT NULL,                 -- asked
  received BIGINT NOT NULL DEFAULT 0,
  currency TEXT NOT NULL,
  why TEXT NOT NULL DEFAULT '',           -- codes, separated by commas
  made_day BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  received_day BIGINT,
  used_day BIGINT,
  used_item BIGINT NOT NULL DEFAULT 0,    -- the invoice it was deducted from
  ended_why TEXT NOT NULL DEFAULT '',
  action_id BIGINT NOT NULL DEFAULT 0,    -- the step of a scenario that asked for it
  tasked_day BIGINT,
  note TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX deposit_customer ON deposit (tenant_id, company_id, customer_id);
