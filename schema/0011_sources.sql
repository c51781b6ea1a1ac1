-- What platforms, public buyers and the official gazette say of invoices and customers, and the places it comes from.

CREATE TABLE invoice_status (             -- what became of an invoice that was sent, each once however often it is told
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,              -- that brought it first; invoice_status_said has all that hold it
  line BIGINT NOT NULL,
  customer_id BIGINT NOT NULL DEFAULT 0,  -- 0: the invoice is not known yet
  item_id BIGINT NOT NULL DEFAULT 0,
  number TEXT NOT NULL,                   -- of the invoice, as said
  code TEXT NOT NULL,                     -- src/formats/lifecycle.h: deposited … refused; other
  said TEXT NOT NULL,                     -- as written
  day BIGINT NOT NULL,
  minutes BIGINT NOT NULL DEFAULT -1,     -- of that day; -1: not said
  reason_code TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  contested BIGINT NOT NULL DEFAULT 0,
  currency TEXT NOT NULL DEFAULT '',
  buyer_siren TEXT NOT NULL DEFAULT '',
  buyer_siret TEXT NOT NULL DEFAULT '',
  issue_day BIGINT,                       -- of the invoice
  format TEXT NOT NULL,                   -- cdar peppol-response status-list chorus-pro
  message TEXT NOT NULL DEFAULT '',       -- the message's own id
  present BIGINT NOT NULL DEFAULT 1,      -- 0: no active import holds it any more
  task TEXT NOT NULL DEFAULT '',          -- '', open, done, over (a later word settled it): something is to be done by a person
  handled_at BIGINT NOT NULL DEFAULT 0,
  handled_by BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX invoice_status_item ON invoice_status (tenant_id, company_id, item_id);
CREATE INDEX invoice_status_number ON invoice_status (tenant_id, company_id, number);
CREATE INDEX invoice_status_task ON invoice_status (tenant_id, company_id, task) WHERE task = 'open';

CREATE TABLE invoice_status_said (        -- every import whose file holds the status
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  status_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, import_id, status_id)
);
CREATE INDEX invoice_status_said_status ON invoice_status_said (tenant_id, company_id, status_id);

CREATE TABLE invoice_status_effect (      -- the dispute or hold that stands because of a status
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  status_id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- dispute, hold, none (seen; a person's own dispute stands already)
  ref_id BIGINT NOT NULL DEFAULT 0,
  ended BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX invoice_status_effect_item ON invoice_status_effect (tenant_id, company_id, item_id);

CREATE TABLE platform_due (               -- a due date that a platform's dates give: over the file's (src/ledger/projection_store.c)
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, item_id)
);

CREATE TABLE collected_report (           -- what was told of money received: each part of an invoice once; taken back, negative
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  batch_id BIGINT NOT NULL,               -- lines written out together
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  number TEXT NOT NULL,
  issue_day BIGINT NOT NULL,
  day BIGINT NOT NULL,                    -- of the payment
  amount BIGINT NOT NULL,                 -- negative: taken back
  currency TEXT NOT NULL,
  payment TEXT NOT NULL DEFAULT '',       -- number of the payment
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX collected_report_item ON collected_report (tenant_id, company_id, item_id);
CREATE INDEX collected_report_batch ON collected_report (tenant_id, company_id, batch_id);

CREATE TABLE insolvency_notice (          -- of a customer, by his SIREN alone, as the gazette published it
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  siren TEXT NOT NULL,
  notice TEXT NOT NULL,                   -- its own number: C20250123-1234
  published_day BIGINT NOT NULL,
  judgment_day BIGINT,
  act TEXT NOT NULL,                      -- opening conversion plan closing other cancelled
  kind TEXT NOT NULL DEFAULT '',          -- safeguard receivership liquidation, or ''
  nature TEXT NOT NULL DEFAULT '',        -- as published
  court TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  corrects TEXT NOT NULL DEFAULT '',      -- number of the notice it puts right or cancels
  state TEXT NOT NULL,                    -- proposed confirmed dismissed noted cancelled undone
  opened BIGINT NOT NULL DEFAULT 0,       -- it set the customer's insolvency
  decided_at BIGINT NOT NULL DEFAULT 0,
  decided_by BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX insolvency_notice_customer ON insolvency_notice (tenant_id, company_id, customer_id);
CREATE UNIQUE INDEX insolvency_notice_notice ON insolvency_notice (tenant_id, company_id, notice, siren, customer_id);

-- Places that answer to questions (a program's interface, a mailbox): what they need besides an address.
ALTER TABLE feed ADD COLUMN secret TEXT NOT NULL DEFAULT '';      -- sealed (src/db/seal.h)
ALTER TABLE feed ADD COLUMN options TEXT NOT NULL DEFAULT '{}';   -- JSON, without secrets
ALTER TABLE feed ADD COLUMN cursor TEXT NOT NULL DEFAULT '{}';    -- JSON: how far it was read
