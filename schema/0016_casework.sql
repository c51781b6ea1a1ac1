-- The file behind a dispute: who answers for it, by when, what was said, how it ended (src/ledger/dispute_case.h). `dispute` keeps
-- which item and how much of it; rows of one case share its id, which is that of its first row.
ALTER TABLE dispute ADD COLUMN case_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dispute ADD COLUMN contested BIGINT NOT NULL DEFAULT 0;      -- the amount when it was opened, for the statistics
CREATE TABLE dispute_case (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  reason TEXT NOT NULL,                   -- src/ledger/dispute_kind.c
  state TEXT NOT NULL,                    -- open analysis customer credit closed
  chain TEXT NOT NULL,                    -- its steps, as they were when it was opened: proof>owner>manager>credit>back
  step BIGINT NOT NULL DEFAULT -1,        -- index in the chain; -1: nobody has taken it up
  currency TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  owner_id BIGINT NOT NULL DEFAULT 0,     -- user; 0: somebody without an account, or nobody
  owner_name TEXT NOT NULL DEFAULT '',
  owner_email TEXT NOT NULL DEFAULT '',
  manager_email TEXT NOT NULL DEFAULT '', -- who hears of it when the answer is late
  opened_day BIGINT NOT NULL,
  due_day BIGINT,                         -- our answer
  paused_day BIGINT,                      -- since when it waits for the customer: the countdown stands still
  answered_day BIGINT,                    -- the first day it left our hands: to the customer, or decided
  credit_amount BIGINT NOT NULL DEFAULT 0, -- the credit note expected; 0: not decided
  credit_day BIGINT,
  credit_item_id BIGINT NOT NULL DEFAULT 0, -- the one that came: closing is proposed
  proposed_day BIGINT,
  outcome TEXT NOT NULL DEFAULT '',       -- accepted refused settled written_off
  granted BIGINT NOT NULL DEFAULT 0,      -- what was given away: credit or write-off
  closing TEXT NOT NULL DEFAULT '',       -- what was said when it was closed
  cause TEXT NOT NULL DEFAULT '',         -- the root cause, in the words of whoever looked into it
  remedy TEXT NOT NULL DEFAULT '',        -- what is changed so that it does not come again
  closed_day BIGINT,
  reminded_day BIGINT,                    -- the owner was last written to
  escalated_day BIGINT,
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX dispute_case_customer ON dispute_case (tenant_id, company_id, customer_id);
CREATE INDEX dispute_case_open ON dispute_case (tenant_id, company_id, state) WHERE state <> 'closed';
CREATE INDEX dispute_case_row ON dispute (tenant_id, company_id, case_id);

CREATE TABLE dispute_message (            -- what was said about it: among us, and with the debtor
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  side TEXT NOT NULL,                     -- internal, debtor
  direction TEXT NOT NULL,                -- in: from him; out: to him; note: written down
  by_user BIGINT NOT NULL DEFAULT 0,
  author TEXT NOT NULL DEFAULT '',        -- of somebody without an account
  text TEXT NOT NULL,
  outbox_id BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, case_id, id)
);

UPDATE dispute SET case_id = id, contested = COALESCE(amount, (SELECT CASE WHEN i.open_amount > 0 THEN i.open_amount ELSE i.amount END
  FROM item i WHERE i.tenant_id = dispute.tenant_id AND i.company_id = dispute.company_id AND i.id = dispute.item_id), 0);
INSERT INTO dispute_case (tenant_id, company_id, id, customer_id, reason, state, chain, step, currency, note, owner_name, opened_day,
  due_day, credit_day, outcome, closed_day, by_user, rev)
SELECT d.tenant_id, d.company_id, d.id, d.customer_id, d.reason, CASE WHEN d.closed_day IS NULL THEN 'open' ELSE 'closed' END,
  'owner>manager>credit>back', -1, COALESCE((SELECT i.currency FROM item i WHERE i.tenant_id = d.tenant_id
  AND i.company_id = d.company_id AND i.id = d.item_id), (SELECT c.currency FROM company c WHERE c.tenant_id = d.tenant_id
  AND c.id = d.company_id)), d.note, d.owner, d.opened_day, d.due_day, d.credit_expected_day, d.outcome, d.closed_day, d.by_user, d.rev
FROM dispute d;

-- A message to one of our own (the owner of a dispute, his manager) or about a case: it is no contact with the customer, and what comes
-- back to it is no reply of his.
ALTER TABLE outbox ADD COLUMN internal BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN about TEXT NOT NULL DEFAULT '';           -- "dispute 12", "promise 3", "plan 4"

-- What came of a promise, so that one payment keeps one promise only.
ALTER TABLE promise ADD COLUMN received BIGINT NOT NULL DEFAULT 0;

-- A payment plan: instalments agreed for some items (src/ledger/payment_plan.h).
CREATE TABLE payment_plan (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  state TEXT NOT NULL,                    -- proposed agreed kept broken cancelled
  proposed_by TEXT NOT NULL,              -- us, debtor
  currency TEXT NOT NULL,
  principal BIGINT NOT NULL,
  interest BIGINT NOT NULL DEFAULT 0,     -- late interest to the day it was made
  interest_kept BIGINT NOT NULL DEFAULT 0, -- 1: it is part of the instalments; 0: waived, or none
  waived_by BIGINT NOT NULL DEFAULT 0,
  grace_days BIGINT NOT NULL DEFAULT 0,   -- working days before an instalment counts as missed
  remind BIGINT NOT NULL DEFAULT 0,       -- the debtor is told of each instalment some days before
  note TEXT NOT NULL DEFAULT '',
  made_day BIGINT NOT NULL,
  agreed_day BIGINT,
  acknowledged BIGINT NOT NULL DEFAULT 0, -- the signed acknowledgement of debt came back
  insurer BIGINT NOT NULL DEFAULT 0,      -- 1: the credit insurer must be told
  insurer_day BIGINT,                     -- and was
  ended_day BIGINT,
  ended_why TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX payment_plan_customer ON payment_plan (tenant_id, company_id, customer_id);

CREATE TABLE plan_item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  plan_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,                 -- open when it was made
  PRIMARY KEY (tenant_id, company_id, plan_id, item_id)
);

CREATE TABLE plan_instalment (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  plan_id BIGINT NOT NULL,
  rank BIGINT NOT NULL,                   -- from 1
  day BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  received BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'expected', -- expected paid missed
  settled_day BIGINT,
  reminded_day BIGINT,
  PRIMARY KEY (tenant_id, company_id, plan_id, rank)
);
