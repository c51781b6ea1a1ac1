-- Late interest and fixed fees that were claimed: a ledger of its own, beside the invoices, which it never alters.
CREATE TABLE interest_note (              -- src/ledger/interest_note.h
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  number TEXT NOT NULL,                   -- PEN-2026-0001, by company
  day BIGINT NOT NULL,                    -- computed up to
  currency TEXT NOT NULL,
  interest BIGINT NOT NULL,
  fee BIGINT NOT NULL,
  paid BIGINT NOT NULL DEFAULT 0,
  waived BIGINT NOT NULL DEFAULT 0,
  settled_day BIGINT,                     -- nothing is left of it since
  cancelled BIGINT NOT NULL DEFAULT 0,    -- made by mistake: its lines may be claimed again
  by_user BIGINT NOT NULL,
  at BIGINT NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX interest_note_customer ON interest_note (tenant_id, company_id, customer_id);
CREATE UNIQUE INDEX interest_note_number ON interest_note (tenant_id, company_id, number);

CREATE TABLE interest_note_item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  note_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  interest BIGINT NOT NULL,               -- what this note claims, beyond the notes before it
  fee BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, note_id, item_id)
);
CREATE INDEX interest_note_item_item ON interest_note_item (tenant_id, company_id, item_id);
