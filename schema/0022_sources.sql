-- --- what lists of customers changed, so that taking one back gives back what was there ------------------------------------------------
CREATE TABLE customer_before (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,              -- that changed it
  customer_id BIGINT NOT NULL,
  field TEXT NOT NULL,                    -- its column
  before TEXT,                            -- NULL: none (credit limit, terms)
  after TEXT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, import_id, customer_id, field)
);

-- --- presets: how programs write their lists; those that ship with Encours are files of its own (assets/presets) --------------------------
CREATE TABLE preset (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  code TEXT NOT NULL,                     -- one that is shipped too: replaces it here
  name TEXT NOT NULL,
  content TEXT NOT NULL,                  -- JSON (src/formats/preset.h)
  updated_at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, code)
);
