-- What a company knows of its own: fields that it defines, rules that decide at import, which source is right, customers made one.

-- --- fields that a company defines (src/ledger/custom.h) ---------------------------------------------------------------------
CREATE TABLE custom_field (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  subject TEXT NOT NULL,                  -- customer, item
  code TEXT NOT NULL,                     -- in addresses, templates, rules: field.<code>
  kind TEXT NOT NULL,                     -- text, number, date, choice
  label_fr TEXT NOT NULL,
  label_en TEXT NOT NULL,
  choices TEXT NOT NULL DEFAULT '',       -- kind choice: one each line
  position BIGINT NOT NULL,
  removed BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE UNIQUE INDEX custom_field_code ON custom_field (tenant_id, company_id, subject, code) WHERE removed = 0;

CREATE TABLE custom_value (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  subject TEXT NOT NULL,
  owner_id BIGINT NOT NULL,               -- the customer's id, or the item's
  field_id BIGINT NOT NULL,
  value TEXT NOT NULL,                    -- text; 12.5; 2025-01-31; one of the choices
  by_hand BIGINT NOT NULL DEFAULT 0,      -- an import leaves it
  import_id BIGINT NOT NULL DEFAULT 0,    -- that said it; 0: by hand or by a rule
  before TEXT,                            -- what that import found; NULL: nothing
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, subject, owner_id, field_id)
);
CREATE INDEX custom_value_field ON custom_value (tenant_id, company_id, field_id, value);
CREATE INDEX custom_value_import ON custom_value (tenant_id, company_id, import_id) WHERE import_id > 0;

-- --- customers: who pays for them, words to find them by, what an early payment may take off ---------------------------------
ALTER TABLE customer ADD COLUMN payer_id BIGINT NOT NULL DEFAULT 0;        -- another customer: holding, central purchasing, factor
ALTER TABLE customer ADD COLUMN tags TEXT NOT NULL DEFAULT '';             -- separated by commas
ALTER TABLE customer ADD COLUMN discount_days BIGINT NOT NULL DEFAULT 0;   -- paid within so many days of its issue …
ALTER TABLE customer ADD COLUMN discount_rate BIGINT NOT NULL DEFAULT 0;   -- … an invoice is less by so many hundredths of a percent
CREATE INDEX customer_payer ON customer (tenant_id, company_id, payer_id) WHERE payer_id > 0;

-- --- rules at import (src/intake/assign.h) -----------------------------------------------------------------------------------
CREATE TABLE assign_rule (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  position BIGINT NOT NULL,               -- the first that says something of a field has it
  name TEXT NOT NULL,
  enabled BIGINT NOT NULL DEFAULT 1,
  any_of BIGINT NOT NULL DEFAULT 0,       -- one condition is enough; otherwise all of them
  conditions TEXT NOT NULL,               -- JSON [{ "field", "is", "value" }]
  outcome TEXT NOT NULL,                  -- JSON { "collector": "…", "group": "…" }
  over_hand BIGINT NOT NULL DEFAULT 0,    -- even over a choice made by hand
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

-- --- which source is right -----------------------------------------------------------------------------------------------------
CREATE TABLE customer_origin (            -- who said last what a field of a customer is: a list of some source, or a rule
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  field TEXT NOT NULL,                    -- its column; custom fields: field.<code>
  source TEXT NOT NULL DEFAULT '',
  rule_id BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, customer_id, field)
);

CREATE TABLE source_rank (                -- for a field, the sources in the order in which they are believed
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  source TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, field, source)
);

-- --- customers made one ----------------------------------------------------------------------------------------------------------
CREATE TABLE customer_merge (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  from_id BIGINT NOT NULL,
  into_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,      -- 0: the program, at an import
  moved TEXT NOT NULL,                    -- JSON: rows that went over, fields that were taken
  state TEXT NOT NULL,                    -- active, undone
  undone_at BIGINT NOT NULL DEFAULT 0,
  undone_by BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX customer_merge_from ON customer_merge (tenant_id, company_id, from_id);
CREATE INDEX customer_merged_into ON customer (tenant_id, company_id, merged_into) WHERE merged_into > 0;

CREATE TABLE customer_distinct (          -- a person said: these two are not one
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  low_id BIGINT NOT NULL,
  high_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, low_id, high_id)
);

-- --- reminders that another program sent before ------------------------------------------------------------------------------------
CREATE TABLE level_taken (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL DEFAULT 0,      -- 0: of the customer
  level BIGINT NOT NULL,                  -- 1 reminder, 2 follow-up, 3 firm, 4 formal notice
  day BIGINT,                             -- of the last reminder; NULL: not said
  import_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, customer_id, item_id, import_id)
);

-- --- for people and reporting tools --------------------------------------------------------------------------------------------------
CREATE VIEW view_field AS
SELECT c.code AS company, v.subject, CASE WHEN v.subject = 'customer' THEN cu.code ELSE ic.code END AS customer, i.number AS item,
  CASE WHEN v.subject = 'item' THEN v.owner_id END AS item_id, f.code AS field, f.label_fr, f.label_en, v.value, v.tenant_id, v.company_id
FROM custom_value v
JOIN custom_field f ON f.tenant_id = v.tenant_id AND f.company_id = v.company_id AND f.id = v.field_id AND f.removed = 0
JOIN company c ON c.tenant_id = v.tenant_id AND c.id = v.company_id
LEFT JOIN customer cu ON cu.tenant_id = v.tenant_id AND cu.company_id = v.company_id AND cu.id = v.owner_id AND v.subject = 'customer'
LEFT JOIN item i ON i.tenant_id = v.tenant_id AND i.company_id = v.company_id AND i.id = v.owner_id AND v.subject = 'item'
LEFT JOIN customer ic ON ic.tenant_id = i.tenant_id AND ic.company_id = i.company_id AND ic.id = i.customer_id;
