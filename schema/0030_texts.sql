-- What is attached to mails of each text (src/outreach/template.h); without a row: the statement as PDF, and the invoices as set.

CREATE TABLE template_file (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  code TEXT NOT NULL,                     -- of the text, in whatever language
  files TEXT NOT NULL,                    -- pdf xlsx csv invoices, separated by commas; '' nothing
  updated_at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, code)
);
