-- The law as a safety net: what moves a claim's limitation, files handed over to others, collective procedures.
CREATE TABLE limitation_event (           -- src/ledger/limitation_event.h; only confirmed ones count
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- acknowledged payment_named court demand suspension
  day BIGINT NOT NULL,
  until_day BIGINT,                       -- suspension; court: the end of the case
  proof TEXT NOT NULL DEFAULT '',         -- what proves it and where it is, in words
  document_id BIGINT NOT NULL DEFAULT 0,
  noted_by BIGINT NOT NULL,
  noted_at BIGINT NOT NULL,
  confirmed_by BIGINT NOT NULL DEFAULT 0,
  confirmed_at BIGINT NOT NULL DEFAULT 0, -- 0: to confirm
  removed_at BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX limitation_event_item ON limitation_event (tenant_id, company_id, item_id) WHERE removed_at = 0;

CREATE TABLE case_file (                  -- src/ledger/case_file.h: handed over to a lawyer, an agency, a commissaire de justice, a court
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  route TEXT NOT NULL,                    -- agency bailiff lawyer order_for_payment small_claims summary_order writ
  partner TEXT NOT NULL DEFAULT '',
  partner_email TEXT NOT NULL DEFAULT '',
  reference TEXT NOT NULL DEFAULT '',     -- the partner's or the court's
  stage TEXT NOT NULL,                    -- prepared sent accepted court title enforcement closed
  opened_day BIGINT NOT NULL,
  deadline_day BIGINT,                    -- what must be done by then: deadline_text
  deadline_text TEXT NOT NULL DEFAULT '',
  closed_day BIGINT,
  outcome TEXT NOT NULL DEFAULT '',       -- recovered partly_recovered settled irrecoverable withdrawn
  currency TEXT NOT NULL,
  principal BIGINT NOT NULL,              -- on the day it was opened
  interest BIGINT NOT NULL,
  fee BIGINT NOT NULL,
  costs BIGINT NOT NULL DEFAULT 0,        -- spent so far
  bundle_head TEXT NOT NULL DEFAULT '',   -- head of the event chain in the last bundle made
  bundle_digest BYTEA,                    -- of that bundle
  by_user BIGINT NOT NULL,
  at BIGINT NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX case_file_customer ON case_file (tenant_id, company_id, customer_id);

CREATE TABLE case_file_item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  file_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  open_amount BIGINT NOT NULL,            -- on the day it was handed over
  hold_id BIGINT NOT NULL DEFAULT 0,      -- that keeps our own reminders away
  PRIMARY KEY (tenant_id, company_id, file_id, item_id)
);
CREATE INDEX case_file_item_item ON case_file_item (tenant_id, company_id, item_id);

CREATE TABLE insolvency_file (            -- src/ledger/insolvency.h: a customer's collective procedure, one at a time
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',          -- safeguard receivership liquidation
  court TEXT NOT NULL DEFAULT '',
  published_day BIGINT,                   -- BODACC: the declaration's two months run from it
  trustee TEXT NOT NULL DEFAULT '',       -- mandataire judiciaire or liquidateur, with his address
  abroad BIGINT NOT NULL DEFAULT 0,       -- creditor outside metropolitan France: four months
  retention_of_title BIGINT NOT NULL DEFAULT 0,
  declared_day BIGINT,
  declared_amount BIGINT NOT NULL DEFAULT 0,
  declared_proof TEXT NOT NULL DEFAULT '',
  admitted_amount BIGINT NOT NULL DEFAULT 0,
  admitted_day BIGINT,
  dividends BIGINT NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '',
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, customer_id)
);
