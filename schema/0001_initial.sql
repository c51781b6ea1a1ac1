-- Encours, first schema. One text for SQLite and PostgreSQL (src/db/migration.c turns BIGINT, TEXT and BYTEA into what
-- each store calls them and makes SQLite's tables STRICT). Amounts: 64-bit minor units. Days: days since 1970-01-01.
-- Instants: UTC seconds. Booleans: 0/1. tenant_id, then company_id, lead every key. Ids come from `counter`.

-- --- tenancy and people -------------------------------------------------------------------------------------------
CREATE TABLE tenant (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE counter (                    -- the last id given out
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,             -- 0: of the tenant
  name TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, name)
);

CREATE TABLE company (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  siren TEXT NOT NULL DEFAULT '',
  country TEXT NOT NULL DEFAULT 'FR',     -- ISO 3166
  currency TEXT NOT NULL DEFAULT 'EUR',   -- ISO 4217
  zone TEXT NOT NULL DEFAULT 'Europe/Paris',
  live BIGINT NOT NULL DEFAULT 0,         -- 0: test mode, nothing leaves
  rev BIGINT NOT NULL DEFAULT 0,          -- the revision counter; its row is locked from the first write to commit
  event_seq BIGINT NOT NULL DEFAULT 0,    -- head of the event chain
  event_hash BYTEA,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX company_code ON company (tenant_id, code);

CREATE TABLE setting (                    -- what differs from the defaults of src/ledger/setting.c
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, name)
);

CREATE TABLE rate (                       -- rates a person entered; the known ones are data in src/dunning/rates.c
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- ecb, legal_professional, legal_consumer
  from_day BIGINT NOT NULL,
  basis_points BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, kind, from_day)
);

CREATE TABLE user_account (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  email TEXT NOT NULL,                    -- lower case
  name TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL,                     -- administrator credit_manager collector sales resolver reader accountant
  phone TEXT NOT NULL DEFAULT '',
  password_hash TEXT NOT NULL DEFAULT '', -- argon2id; empty: can't log in
  must_change BIGINT NOT NULL DEFAULT 0,  -- somebody else set the password: a new one first
  language TEXT NOT NULL DEFAULT '',
  theme TEXT NOT NULL DEFAULT '',         -- light, dark, or as the system
  portfolio TEXT NOT NULL DEFAULT 'all',  -- all, own (customers whose collector or sales he is), group
  portfolio_group TEXT NOT NULL DEFAULT '',
  single_keys BIGINT NOT NULL DEFAULT 1,
  disabled BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX user_email ON user_account (tenant_id, email);

CREATE TABLE user_company (               -- no row for a user: every company of the tenant
  tenant_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, company_id)
);

CREATE TABLE session (
  tenant_id BIGINT NOT NULL,
  id_hash BYTEA NOT NULL,                 -- of the cookie's value, which is never stored
  user_id BIGINT NOT NULL,
  csrf TEXT NOT NULL,
  company_id BIGINT NOT NULL DEFAULT 0,   -- the one being looked at
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id_hash)
);

CREATE TABLE token (                      -- personal API tokens
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  hash BYTEA NOT NULL,
  scope TEXT NOT NULL,                    -- read, write
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL DEFAULT 0,
  revoked_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX token_hash ON token (tenant_id, hash);

CREATE TABLE lease (                      -- scheduled work; database time, fencing token
  tenant_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  holder TEXT NOT NULL,
  token BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, name)
);

CREATE TABLE login_attempt (              -- throttling, by account and by network address
  tenant_id BIGINT NOT NULL,
  subject TEXT NOT NULL,                  -- "account name@host" (known or not), "address 203.0.113.7"
  failed_count BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, subject)
);

-- --- facts: what came in, never edited ----------------------------------------------------------------------------
CREATE TABLE import (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  file_name TEXT NOT NULL,
  format TEXT NOT NULL,                   -- fec, csv-items, csv-payments, csv-customers, csv-contacts
  source TEXT NOT NULL,                   -- what the file speaks for: 'accounting' unless --source says otherwise
  mode TEXT NOT NULL,                     -- ledger, stock, delta
  digest BYTEA NOT NULL,                  -- of the file's bytes
  from_day BIGINT,                        -- the period it stands for (mode ledger)
  to_day BIGINT,
  as_of_day BIGINT,                       -- mode stock
  opening_days TEXT NOT NULL DEFAULT '',  -- days on which a fiscal year opens in it, separated by commas (mode ledger)
  lines BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL,                    -- staged (invisible), active, undone
  report TEXT NOT NULL DEFAULT '',        -- JSON as in contract section 4
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

-- @rowid
CREATE TABLE import_file (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  part BIGINT NOT NULL,                   -- chunks of the zlib stream
  bytes BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, company_id, import_id, part)
);

CREATE TABLE fact (                       -- one receivable line (or one row that stands for one); the item's id is its id
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,              -- that brought it
  line BIGINT NOT NULL,                   -- in that import's file
  class TEXT NOT NULL,                    -- what its entry says: see src/ledger/fact.h
  account TEXT NOT NULL,
  journal TEXT NOT NULL,
  entry BIGINT NOT NULL,                  -- lines of one entry share it, within an import
  pair BIGINT NOT NULL DEFAULT 0,         -- the two halves of a transfer share it, within an import
  posting_day BIGINT NOT NULL,
  number TEXT NOT NULL,                   -- the item's number after the rules of contract section 3
  piece TEXT NOT NULL,                    -- PieceRef as written
  piece_day BIGINT,
  due_day BIGINT,                         -- when the file says one
  amount BIGINT NOT NULL,                 -- debit positive
  currency TEXT NOT NULL,
  lettering TEXT NOT NULL,                -- as the file that brought it had it; later ones are in fact_change
  label TEXT NOT NULL,
  applies_to TEXT NOT NULL,               -- numbers or external ids a payment names, separated by line feeds
  external_id TEXT NOT NULL,
  extra TEXT NOT NULL DEFAULT '',         -- JSON: purchase order, delivery note, disputed, …
  PRIMARY KEY (tenant_id, company_id, customer_id, id)
);
CREATE INDEX fact_by_import ON fact (tenant_id, company_id, import_id);
CREATE INDEX fact_pair ON fact (tenant_id, company_id, import_id, pair) WHERE pair > 0;

CREATE TABLE fact_change (                -- what a later import of the same source says of a known fact
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,            -- of the fact
  fact_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  present BIGINT NOT NULL,                -- 0: no longer in the file; the columns below are then as they were before
  class TEXT NOT NULL,
  line BIGINT NOT NULL,
  entry BIGINT NOT NULL,
  pair BIGINT NOT NULL,
  number TEXT NOT NULL,
  piece_day BIGINT,
  due_day BIGINT,
  amount BIGINT NOT NULL,
  lettering TEXT NOT NULL,
  label TEXT NOT NULL,
  applies_to TEXT NOT NULL,
  extra TEXT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, customer_id, fact_id, import_id)
);
CREATE INDEX fact_change_by_import ON fact_change (tenant_id, company_id, import_id);
CREATE INDEX fact_change_pair ON fact_change (tenant_id, company_id, import_id, pair) WHERE pair > 0;

CREATE TABLE account_day (                -- every account of a ledger file, per day: treasury, working capital, control
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  import_id BIGINT NOT NULL,
  account TEXT NOT NULL,
  day BIGINT NOT NULL,
  debit BIGINT NOT NULL,
  credit BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, import_id, account, day)
);

CREATE TABLE mapping (                    -- how a source's columns are read, kept and recognised by the header
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  header TEXT NOT NULL,
  columns TEXT NOT NULL,                  -- JSON
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, name)
);

CREATE TABLE import_draft (               -- a file that was dropped and not imported yet; forgotten after a day
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  file_name TEXT NOT NULL,
  size BIGINT NOT NULL,
  options TEXT NOT NULL DEFAULT '{}',     -- JSON: mode, as_of, mapping…
  preview TEXT NOT NULL DEFAULT '{}',     -- JSON: what it is taken for, columns, the dry run's result
  PRIMARY KEY (tenant_id, company_id, id)
);

CREATE TABLE import_draft_part (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  draft_id BIGINT NOT NULL,
  part BIGINT NOT NULL,                   -- each one a zlib stream of its own
  size BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, company_id, draft_id, part)
);

-- --- customers ------------------------------------------------------------------------------------------------------
CREATE TABLE customer (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  group_code TEXT NOT NULL DEFAULT '',
  siren TEXT NOT NULL DEFAULT '',
  vat_number TEXT NOT NULL DEFAULT '',
  class TEXT NOT NULL DEFAULT 'unknown',  -- professional public consumer unknown
  key_account BIGINT NOT NULL DEFAULT 0,
  profile TEXT NOT NULL DEFAULT '',       -- set by hand; empty: by rule
  scenario TEXT NOT NULL DEFAULT '',      -- set by hand: a scenario's code; 'none': never chased
  address TEXT NOT NULL DEFAULT '',       -- lines
  postcode TEXT NOT NULL DEFAULT '',
  city TEXT NOT NULL DEFAULT '',
  country TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',      -- fr, en; empty: by country
  phone TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',         -- general address, used when no contact has one
  collector_id BIGINT NOT NULL DEFAULT 0, -- user
  sales_id BIGINT NOT NULL DEFAULT 0,     -- user
  salesperson TEXT NOT NULL DEFAULT '',   -- as the source names him
  terms_days BIGINT,                      -- NULL: the company's
  terms_month TEXT NOT NULL DEFAULT 'none', -- end of month: none, after, before
  terms_day BIGINT NOT NULL DEFAULT 0,    -- day of month, 0: none
  payment_means TEXT NOT NULL DEFAULT '', -- transfer, direct_debit, bill, cheque, card
  credit_limit BIGINT,
  supplier_balance BIGINT DEFAULT 0,      -- what we owe him (401)
  generic TEXT NOT NULL DEFAULT '',       -- '', proposed, accepted, refused
  stopped BIGINT NOT NULL DEFAULT 0,      -- one switch: nothing goes to him
  stopped_reason TEXT NOT NULL DEFAULT '',
  insolvency_day BIGINT,                  -- opening judgment
  insolvency_note TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',          -- pinned
  minimum BIGINT,                         -- below it nothing is chased; NULL: the scenario's
  merged_into BIGINT NOT NULL DEFAULT 0,
  hand_made TEXT NOT NULL DEFAULT '',     -- names of fields a person set, separated by commas: an import leaves them
  import_id BIGINT NOT NULL DEFAULT 0,    -- that created him; 0: by hand
  created_at BIGINT NOT NULL,
  ledger_rev BIGINT NOT NULL DEFAULT 0,   -- revision of his items and settlements
  rev BIGINT NOT NULL DEFAULT 0,          -- of this row
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE UNIQUE INDEX customer_code ON customer (tenant_id, company_id, code);
CREATE INDEX customer_ledger_rev ON customer (tenant_id, company_id, ledger_rev);
CREATE INDEX customer_rev ON customer (tenant_id, company_id, rev);

CREATE TABLE contact (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL DEFAULT 'billing',   -- billing, manager, buyer, other
  language TEXT NOT NULL DEFAULT '',
  main BIGINT NOT NULL DEFAULT 0,
  bounced_at BIGINT NOT NULL DEFAULT 0,   -- its address failed for good
  removed BIGINT NOT NULL DEFAULT 0,
  import_id BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX contact_customer ON contact (tenant_id, company_id, customer_id);

CREATE TABLE suppression (                -- addresses never to be used, tenant-wide
  tenant_id BIGINT NOT NULL,
  address TEXT NOT NULL,                  -- lower case
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, address)
);

-- --- projection: computed from the facts, per customer (src/ledger/projection.c) -------------------------------------
CREATE TABLE item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  number TEXT NOT NULL,
  kind TEXT NOT NULL,                     -- invoice credit_note payment unpaid_return transfer opening other bill deposit_request retention
  account TEXT NOT NULL,
  issue_day BIGINT NOT NULL,
  posting_day BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  due_source TEXT NOT NULL,               -- file original opening issue retention terms assumed
  amount BIGINT NOT NULL,
  open_amount BIGINT NOT NULL,            -- after every known settlement, whatever its day
  currency TEXT NOT NULL,
  closed_day BIGINT,
  origin_id BIGINT NOT NULL DEFAULT 0,    -- unpaid_return, transfer: the item it reopens or takes over
  withdrawn BIGINT NOT NULL DEFAULT 0,    -- gone from its source after someone was reminded of it
  label TEXT NOT NULL,
  extra TEXT NOT NULL DEFAULT '',
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, customer_id, id)
);
CREATE UNIQUE INDEX item_id ON item (tenant_id, company_id, id);
CREATE INDEX item_number ON item (tenant_id, company_id, number);
CREATE INDEX item_special_account ON item (tenant_id, company_id, account) WHERE account >= '413' AND account < '417';

CREATE TABLE settlement (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  debit_id BIGINT NOT NULL,
  credit_id BIGINT NOT NULL,
  day BIGINT NOT NULL,                    -- the later posting day of the two
  amount BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, customer_id, debit_id, credit_id)
);

CREATE TABLE restatement (                -- opening lines that gave way to the item they restate
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  fact_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, customer_id, fact_id)
);

-- --- what binds the plan ----------------------------------------------------------------------------------------------
CREATE TABLE dispute (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  amount BIGINT,                          -- NULL: the whole item
  reason TEXT NOT NULL,                   -- price quality delivery quantity duplicate already_paid credit_expected purchase_order other
  note TEXT NOT NULL DEFAULT '',
  owner TEXT NOT NULL DEFAULT '',
  opened_day BIGINT NOT NULL,
  due_day BIGINT,                         -- our own deadline to answer
  credit_expected_day BIGINT,             -- a credit note we promised
  closed_day BIGINT,
  outcome TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX dispute_customer ON dispute (tenant_id, company_id, customer_id);

CREATE TABLE promise (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  means TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  made_day BIGINT NOT NULL,
  state TEXT NOT NULL,                    -- expected partly_kept kept broken cancelled
  settled_day BIGINT,                     -- when the state stopped being expected
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX promise_customer ON promise (tenant_id, company_id, customer_id);

CREATE TABLE promise_item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  promise_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,                 -- open when promised
  PRIMARY KEY (tenant_id, company_id, promise_id, item_id)
);

CREATE TABLE hold (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL DEFAULT 0,      -- 0: the customer
  kind TEXT NOT NULL,                     -- hold, exclusion, plan, direct_debit, ceded
  from_day BIGINT NOT NULL,
  until_day BIGINT,                       -- last day held; NULL: until lifted
  reason TEXT NOT NULL DEFAULT '',
  lifted_day BIGINT,
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX hold_customer ON hold (tenant_id, company_id, customer_id);

CREATE TABLE reply (                      -- what came back: an answer, a bounce, an absence
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  day BIGINT NOT NULL,                    -- the company's civil day
  kind TEXT NOT NULL,                     -- reply bounce absence
  address TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  action_id BIGINT NOT NULL DEFAULT 0,
  handled_at BIGINT NOT NULL DEFAULT 0,
  handled_by BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX reply_customer ON reply (tenant_id, company_id, customer_id);

-- --- dunning ----------------------------------------------------------------------------------------------------------
CREATE TABLE scenario (                   -- published versions are frozen; the highest published one runs
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  code TEXT NOT NULL,                     -- good_payer average close_follow_up key_account public consumer, or the user's
  version BIGINT NOT NULL,
  state TEXT NOT NULL,                    -- draft published
  name_fr TEXT NOT NULL,
  name_en TEXT NOT NULL,
  steps TEXT NOT NULL,                    -- JSON: src/dunning/scenario.h
  published_at BIGINT,
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, code, version)
);

CREATE TABLE action (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  plan_day BIGINT NOT NULL,               -- the business day whose plan it belongs to
  scenario TEXT NOT NULL,
  scenario_version BIGINT NOT NULL,
  step TEXT NOT NULL,                     -- the step's code; thanks, find_contact, review… for those outside a scenario
  step_rank BIGINT NOT NULL,              -- 1 before_due 2 due 3 reminder 4 follow_up 5 firm 6 formal_notice; 0 none
  channel TEXT NOT NULL,                  -- email letter registered_letter sms call task
  mode TEXT NOT NULL,                     -- automatic confirm manual
  state TEXT NOT NULL,                    -- planned to_confirm queued sending sent unknown failed done cancelled
  test BIGINT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,                 -- what is asked: the sum of its items' open amounts
  priority BIGINT NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',        -- why a person's yes is needed, or why it was cancelled
  why TEXT NOT NULL DEFAULT '',           -- JSON: sentences of "why", as computed
  template TEXT NOT NULL DEFAULT '',
  contact_id BIGINT NOT NULL DEFAULT 0,
  recipient TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT 'fr',
  assigned_to BIGINT NOT NULL DEFAULT 0,
  snoozed_until BIGINT,                   -- not before this day
  next_step TEXT NOT NULL DEFAULT '',     -- the step that really follows; '': none, so nothing is announced
  next_day BIGINT,                        -- when at the earliest
  max_days_late BIGINT NOT NULL DEFAULT 0,
  broken_promise BIGINT NOT NULL DEFAULT 0,
  attempts BIGINT NOT NULL DEFAULT 0,     -- calls without an answer
  outcome TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  done_at BIGINT NOT NULL DEFAULT 0,
  done_day BIGINT,                        -- the company's civil day of sent / done
  done_by BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX action_customer ON action (tenant_id, company_id, customer_id);
CREATE INDEX action_day ON action (tenant_id, company_id, plan_day);

CREATE TABLE action_item (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  role TEXT NOT NULL,                     -- claimed, credit, statement (shown outside the total)
  amount BIGINT NOT NULL,                 -- open amount asked at that time
  PRIMARY KEY (tenant_id, company_id, action_id, item_id)
);
CREATE INDEX action_item_item ON action_item (tenant_id, company_id, item_id);

CREATE TABLE left_out (                   -- the last run of each day, for "why was this not chased"
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,                   -- JSON: src/dunning/why.h
  amount BIGINT NOT NULL DEFAULT 0,       -- open on that day
  until_day BIGINT,
  PRIMARY KEY (tenant_id, company_id, day, customer_id, item_id)
);

CREATE TABLE run (                        -- each day's run: first at, last at
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, day)
);

-- --- outreach -----------------------------------------------------------------------------------------------------------
CREATE TABLE template (                   -- texts a user changed; the shipped ones are pages/mail/
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  code TEXT NOT NULL,
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, code, language)
);

-- @rowid
CREATE TABLE outbox (                     -- one row per message that was decided
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,              -- 0: a test message
  customer_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  message_id TEXT NOT NULL,               -- deterministic
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  copies TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL,
  body_text TEXT NOT NULL,
  body_html TEXT NOT NULL,
  state TEXT NOT NULL,                    -- queued sending sent unknown failed cancelled held (test mode, no mail server)
  attempts BIGINT NOT NULL DEFAULT 0,
  not_before BIGINT NOT NULL DEFAULT 0,
  lease_token BIGINT NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  queued_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE UNIQUE INDEX outbox_message ON outbox (tenant_id, company_id, message_id);
CREATE INDEX outbox_state ON outbox (tenant_id, state, not_before);
CREATE INDEX outbox_action ON outbox (tenant_id, company_id, action_id);

-- @rowid
CREATE TABLE document (                   -- what was attached or received, kept as it was
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL DEFAULT 0,
  outbox_id BIGINT NOT NULL DEFAULT 0,
  name TEXT NOT NULL,
  type TEXT NOT NULL,                     -- application/pdf
  digest BYTEA NOT NULL,
  bytes BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX document_customer ON document (tenant_id, company_id, customer_id);

-- --- the event chain ------------------------------------------------------------------------------------------------------
-- @rowid
CREATE TABLE event (                      -- append-only; hash = H(previous, H(salt, content))
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  day BIGINT NOT NULL,                    -- the company's business day
  by_user BIGINT NOT NULL,                -- 0: the program
  kind TEXT NOT NULL,                     -- import.applied, dispute.opened, action.sent, setting.changed, …
  customer_id BIGINT NOT NULL DEFAULT 0,
  ref BIGINT NOT NULL DEFAULT 0,          -- id of what it is about, by kind
  salt BYTEA,
  content TEXT,                           -- JSON; NULL with salt once erased
  content_hash BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (tenant_id, company_id, seq)
);
CREATE INDEX event_customer ON event (tenant_id, company_id, customer_id, seq);

-- --- for people and reporting tools (Metabase, Excel, psql): decimals, ISO dates, words --------------------------------
-- @sqlite
CREATE VIEW view_item AS
SELECT c.code AS company, cu.code AS customer, cu.name AS customer_name, i.id, i.number, i.kind, i.account,
  date(i.issue_day * 86400, 'unixepoch') AS issue_date, date(i.posting_day * 86400, 'unixepoch') AS posting_date,
  date(i.due_day * 86400, 'unixepoch') AS due_date, i.due_source,
  CAST(i.amount AS REAL) / CASE WHEN i.currency IN ('JPY','KRW','XAF','XOF','XPF','CLP','VND','ISK') THEN 1 WHEN i.currency IN ('TND','BHD','KWD','JOD','OMR','IQD','LYD') THEN 1000 ELSE 100 END AS amount,
  CAST(i.open_amount AS REAL) / CASE WHEN i.currency IN ('JPY','KRW','XAF','XOF','XPF','CLP','VND','ISK') THEN 1 WHEN i.currency IN ('TND','BHD','KWD','JOD','OMR','IQD','LYD') THEN 1000 ELSE 100 END AS open_amount,
  i.currency, date(i.closed_day * 86400, 'unixepoch') AS closed_on, i.tenant_id, i.company_id, i.customer_id
FROM item i
JOIN company c ON c.tenant_id = i.tenant_id AND c.id = i.company_id
JOIN customer cu ON cu.tenant_id = i.tenant_id AND cu.company_id = i.company_id AND cu.id = i.customer_id
WHERE i.withdrawn = 0;
CREATE VIEW view_customer AS
SELECT c.code AS company, cu.code AS customer, cu.name, cu.group_code, cu.siren, cu.class, cu.country, cu.language,
  cu.terms_days, cu.terms_month, date(cu.insolvency_day * 86400, 'unixepoch') AS insolvency_date, cu.generic, cu.stopped,
  cu.tenant_id, cu.company_id, cu.id
FROM customer cu JOIN company c ON c.tenant_id = cu.tenant_id AND c.id = cu.company_id;
-- @postgresql
CREATE VIEW view_item AS
SELECT c.code AS company, cu.code AS customer, cu.name AS customer_name, i.id, i.number, i.kind, i.account,
  DATE '1970-01-01' + CAST(i.issue_day AS INTEGER) AS issue_date, DATE '1970-01-01' + CAST(i.posting_day AS INTEGER) AS posting_date,
  DATE '1970-01-01' + CAST(i.due_day AS INTEGER) AS due_date, i.due_source,
  CAST(i.amount AS NUMERIC) / CASE WHEN i.currency IN ('JPY','KRW','XAF','XOF','XPF','CLP','VND','ISK') THEN 1 WHEN i.currency IN ('TND','BHD','KWD','JOD','OMR','IQD','LYD') THEN 1000 ELSE 100 END AS amount,
  CAST(i.open_amount AS NUMERIC) / CASE WHEN i.currency IN ('JPY','KRW','XAF','XOF','XPF','CLP','VND','ISK') THEN 1 WHEN i.currency IN ('TND','BHD','KWD','JOD','OMR','IQD','LYD') THEN 1000 ELSE 100 END AS open_amount,
  i.currency, DATE '1970-01-01' + CAST(i.closed_day AS INTEGER) AS closed_on, i.tenant_id, i.company_id, i.customer_id
FROM item i
JOIN company c ON c.tenant_id = i.tenant_id AND c.id = i.company_id
JOIN customer cu ON cu.tenant_id = i.tenant_id AND cu.company_id = i.company_id AND cu.id = i.customer_id
WHERE i.withdrawn = 0;
CREATE VIEW view_customer AS
SELECT c.code AS company, cu.code AS customer, cu.name, cu.group_code, cu.siren, cu.class, cu.country, cu.language,
  cu.terms_days, cu.terms_month, DATE '1970-01-01' + CAST(cu.insolvency_day AS INTEGER) AS insolvency_date, cu.generic, cu.stopped,
  cu.tenant_id, cu.company_id, cu.id
FROM customer cu JOIN company c ON c.tenant_id = cu.tenant_id AND c.id = cu.company_id;
-- @both
