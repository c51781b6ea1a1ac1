-- Teams of collectors: a name on the account, by which an agenda is filtered (src/access/user.h).
ALTER TABLE user_account ADD COLUMN team TEXT NOT NULL DEFAULT '';
