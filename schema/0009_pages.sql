-- What pages ask for on every call, read from an index alone: how many actions of a day wait, which changed since, who waits for one.
DROP INDEX action_day;
CREATE INDEX action_day ON action (tenant_id, company_id, plan_day, state, snoozed_until, test);
CREATE INDEX action_rev ON action (tenant_id, company_id, rev);
CREATE INDEX action_waiting ON action (tenant_id, company_id, customer_id) WHERE state IN ('planned', 'to_confirm', 'queued', 'sending');

-- At which revision a day's left-outs were written: what is kept of them in memory stands as long as it does.
ALTER TABLE run ADD COLUMN rev BIGINT NOT NULL DEFAULT 0;
