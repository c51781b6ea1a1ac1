-- The interest of an agreed payment plan stands in the ledger of interest: the note that claims it, or gives it up, names its plan.
ALTER TABLE interest_note ADD COLUMN plan_id BIGINT NOT NULL DEFAULT 0;
