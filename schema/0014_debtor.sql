-- The customer's own page behind a personal link, what he answers there, and questions to a colleague (src/outreach/debtor_link.h,
-- debtor_answer.h, question.h).
CREATE TABLE debtor_link (                -- of the link itself only a hash is kept
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  question_id BIGINT NOT NULL DEFAULT 0,  -- a colleague's: it opens that question and nothing else
  hash BYTEA NOT NULL,
  recipient TEXT NOT NULL DEFAULT '',     -- address it was sent to; '' a letter, or handed over by a person
  language TEXT NOT NULL DEFAULT 'fr',
  outbox_id BIGINT NOT NULL DEFAULT 0,    -- message that carries it
  action_id BIGINT NOT NULL DEFAULT 0,    -- letter that carries it
  made_at BIGINT NOT NULL,
  made_by BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL DEFAULT 0,
  opened_at BIGINT NOT NULL DEFAULT 0,    -- first time
  seen_at BIGINT NOT NULL DEFAULT 0,      -- last time
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE UNIQUE INDEX debtor_link_hash ON debtor_link (tenant_id, hash);
CREATE INDEX debtor_link_customer ON debtor_link (tenant_id, company_id, customer_id);

CREATE TABLE answer (                     -- what a customer said on his page, word for word; its reply is in the list to handle
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  link_id BIGINT NOT NULL,
  reply_id BIGINT NOT NULL,
  key BYTEA NOT NULL,                     -- the form's own number: sent twice, it is one answer
  content BYTEA NOT NULL,                 -- digest of what was said: said again within minutes, it is one answer too
  kind TEXT NOT NULL,                     -- promise paid dispute document contact credit instalments
  at BIGINT NOT NULL,
  day BIGINT NOT NULL,
  text TEXT NOT NULL,                     -- his own words
  words TEXT NOT NULL,                    -- the whole answer as a sentence, in his language
  detail TEXT NOT NULL,                   -- JSON: what the form held
  state TEXT NOT NULL,                    -- waiting (a person's yes), done (took effect), accepted, refused
  waits TEXT NOT NULL DEFAULT '',         -- why it waits: setting, repeated, nothing_open, partly
  owner_id BIGINT NOT NULL DEFAULT 0,     -- who is to handle it
  due_day BIGINT NOT NULL,                -- by when
  outcome TEXT NOT NULL DEFAULT '',       -- what was said when it was accepted or refused
  settled_at BIGINT NOT NULL DEFAULT 0,
  settled_by BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE UNIQUE INDEX answer_key ON answer (tenant_id, company_id, link_id, key);
CREATE INDEX answer_customer ON answer (tenant_id, company_id, customer_id);
CREATE INDEX answer_reply ON answer (tenant_id, company_id, reply_id);

CREATE TABLE answer_item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  answer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,                 -- open when he answered
  effect TEXT NOT NULL DEFAULT '',        -- promise dispute hold; '' none (yet)
  effect_id BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, answer_id, item_id)
);
CREATE INDEX answer_item_item ON answer_item (tenant_id, company_id, item_id);

CREATE TABLE answer_file (                -- proofs and papers he sent: rows of `document`
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  answer_id BIGINT NOT NULL,
  document_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, document_id)
);
CREATE INDEX answer_file_answer ON answer_file (tenant_id, company_id, answer_id);

CREATE TABLE question (                   -- asked of a colleague without an account, by mail with a link of his own
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL DEFAULT 0,
  dispute_id BIGINT NOT NULL DEFAULT 0,
  address TEXT NOT NULL,
  text TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  asked_by BIGINT NOT NULL DEFAULT 0,
  due_day BIGINT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',
  answered_at BIGINT NOT NULL DEFAULT 0,
  answered_name TEXT NOT NULL DEFAULT '',
  closed_at BIGINT NOT NULL DEFAULT 0,    -- no longer asked
  outbox_id BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX question_customer ON question (tenant_id, company_id, customer_id);
