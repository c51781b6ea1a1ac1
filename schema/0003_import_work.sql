-- A waiting file that is being looked at or imported, or waits for its turn: one row a draft, kept as long as a draft is.
CREATE TABLE import_work (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  draft_id BIGINT NOT NULL,
  task TEXT NOT NULL,                     -- look, import
  options TEXT NOT NULL,                  -- JSON: what to look with; accept_partial, yes
  asked_at BIGINT NOT NULL,
  asked_by BIGINT NOT NULL,
  language TEXT NOT NULL,
  file_name TEXT NOT NULL,
  size BIGINT NOT NULL,
  state TEXT NOT NULL,                    -- waiting, running, done, refused, failed, cancelled, interrupted
  tries BIGINT NOT NULL,                  -- how often it was begun; whoever holds an older number has lost it
  started_at BIGINT NOT NULL DEFAULT 0,
  lines BIGINT NOT NULL DEFAULT 0,        -- of the file; 0: not counted yet
  done BIGINT NOT NULL DEFAULT 0,         -- thousandths
  doing TEXT NOT NULL DEFAULT '',         -- English msgid
  ended_at BIGINT NOT NULL DEFAULT 0,
  words TEXT NOT NULL DEFAULT '',         -- why it was refused or failed
  import_id BIGINT NOT NULL DEFAULT 0,
  result TEXT NOT NULL DEFAULT '',        -- JSON of the import
  seen BIGINT NOT NULL DEFAULT 0,         -- whoever asked has seen its end
  PRIMARY KEY (tenant_id, company_id, draft_id)
);
