-- Doubtful and lost debts (créances douteuses et irrécouvrables), and the entries that what is decided here asks of the books.

CREATE TABLE doubtful (                   -- src/ledger/doubtful.h: what a person decided of an item
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,                -- the first of its chain: an item that moved to 416 keeps the one it came from
  state TEXT NOT NULL,                    -- doubtful lost small cancelled
  reason TEXT NOT NULL,                   -- insolvency handed_over dispute age other; small
  why TEXT NOT NULL DEFAULT '',
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,                 -- open when it was decided, VAT included
  vat_rate BIGINT NOT NULL,               -- contained in it, basis points
  day BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  before TEXT NOT NULL DEFAULT '',        -- state before the loss: doubtful, or '' when it went straight there
  lost_day BIGINT,
  lost_amount BIGINT NOT NULL DEFAULT 0,
  lost_vat BIGINT NOT NULL DEFAULT 0,     -- of it, the VAT taken back
  lost_why TEXT NOT NULL DEFAULT '',
  lost_by BIGINT NOT NULL DEFAULT 0,
  proof TEXT NOT NULL DEFAULT '',         -- certificate liquidation closed plan gone none
  proof_day BIGINT,
  proof_words TEXT NOT NULL DEFAULT '',   -- its reference, where it is
  duplicate_day BIGINT,                   -- the duplicate with the words of CGI 272 was sent to the customer
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX doubtful_customer ON doubtful (tenant_id, company_id, customer_id);
CREATE INDEX doubtful_of_item ON doubtful (tenant_id, company_id, item_id) WHERE state <> 'cancelled';

CREATE TABLE provision (                  -- src/ledger/provision.h: what an item is written down by, from a closing on
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,                -- the first of its chain
  day BIGINT NOT NULL,                    -- of the closing
  currency TEXT NOT NULL,
  base BIGINT NOT NULL,                   -- open on that day, before VAT
  rate BIGINT NOT NULL,                   -- basis points
  rule TEXT NOT NULL,                     -- what gave the rate: a stage, age, person, loss, paid
  was BIGINT NOT NULL,                    -- the allowance before
  amount BIGINT NOT NULL,                 -- the allowance from that day on
  in_books BIGINT NOT NULL DEFAULT 0,     -- the books have it already: no entry is asked of them
  why TEXT NOT NULL DEFAULT '',
  by_user BIGINT NOT NULL DEFAULT 0,
  cancelled BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX provision_item ON provision (tenant_id, company_id, item_id, day);
CREATE INDEX provision_customer ON provision (tenant_id, company_id, customer_id);

CREATE TABLE book_entry (                 -- src/ledger/book_entry.h: asked of the books, as a file
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  kind TEXT NOT NULL,                     -- transfer loss small provision set_off reversal
  subject_id BIGINT NOT NULL,             -- the decision it follows: doubtful, provision, set_off
  customer_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL DEFAULT 0,
  day BIGINT NOT NULL,
  number TEXT NOT NULL,                   -- of the piece
  label TEXT NOT NULL,
  currency TEXT NOT NULL,
  reverses_id BIGINT NOT NULL DEFAULT 0,  -- the entry that this one takes back
  cancelled BIGINT NOT NULL DEFAULT 0,    -- taken back before any file had it
  file_id BIGINT NOT NULL DEFAULT 0,      -- that it was first written in
  written_day BIGINT,
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);
CREATE INDEX book_entry_customer ON book_entry (tenant_id, company_id, customer_id);
CREATE INDEX book_entry_subject ON book_entry (tenant_id, company_id, kind, subject_id);

CREATE TABLE book_entry_line (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  account TEXT NOT NULL,
  person BIGINT NOT NULL,                 -- 1: with the customer's own account
  amount BIGINT NOT NULL,                 -- debit positive; the lines of an entry sum to nothing
  PRIMARY KEY (tenant_id, company_id, entry_id, rank)
);
