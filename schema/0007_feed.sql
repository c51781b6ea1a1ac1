-- Files that come by themselves: from a watched folder, a server by SFTP, an address by HTTPS (src/intake/feed.h).
CREATE TABLE feed (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,                     -- folder, sftp, https
  location TEXT NOT NULL,                 -- path or URL, without secrets
  pattern TEXT NOT NULL DEFAULT '',       -- of file names, as a shell's: *.txt
  secret_file TEXT NOT NULL DEFAULT '',   -- where a password, token or key stands on the server's disk
  host_key TEXT NOT NULL DEFAULT '',      -- sftp: SHA256 of the server's key, base64
  format TEXT NOT NULL DEFAULT '',        -- options of each import
  mode TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  mapping TEXT NOT NULL DEFAULT '',
  every_minutes BIGINT NOT NULL DEFAULT 15,
  late_hours BIGINT NOT NULL DEFAULT 0,   -- nothing came for so long: said on the imports page; 0: never
  enabled BIGINT NOT NULL DEFAULT 1,
  etag TEXT NOT NULL DEFAULT '',          -- https: of what was taken last
  next_at BIGINT NOT NULL DEFAULT 0,
  checked_at BIGINT NOT NULL DEFAULT 0,
  received_at BIGINT NOT NULL DEFAULT 0,  -- a file was taken, also one that said nothing new
  failures BIGINT NOT NULL DEFAULT 0,     -- in a row
  error TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

CREATE TABLE feed_file (                  -- each file that was seen, and what became of it
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  feed_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,             -- of the file, as its place tells
  state TEXT NOT NULL,                    -- imported unchanged waiting (a person's yes, or a correction) failed (tried again)
  import_id BIGINT NOT NULL DEFAULT 0,
  draft_id BIGINT NOT NULL DEFAULT 0,     -- waiting: on the imports page
  text TEXT NOT NULL DEFAULT '',          -- why, in words
  PRIMARY KEY (tenant_id, company_id, feed_id, id)
);
CREATE INDEX feed_file_name ON feed_file (tenant_id, company_id, feed_id, name);

CREATE TABLE import_key (                 -- what was pushed over the API: the same key again is the same answer
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  digest BYTEA NOT NULL,
  answer TEXT NOT NULL,                   -- JSON
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, key)
);
