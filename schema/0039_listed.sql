-- Accounts made from a list, so that taking the list back closes no account that somebody made by hand.

ALTER TABLE user_account ADD COLUMN listed BIGINT NOT NULL DEFAULT 0; -- 1: by a list
