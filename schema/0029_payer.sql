-- Who pays for others is asked for all of them in one message, where the company or he himself is set so (src/dunning/plan_group.c).

ALTER TABLE customer ADD COLUMN payer_mode TEXT NOT NULL DEFAULT ''; -- of the one who pays: apart together netted; '': the company's

CREATE TABLE action_member (              -- the other customers whose items an action names: it is in the past of each of them
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, customer_id, action_id)
);
CREATE INDEX action_member_action ON action_member (tenant_id, company_id, action_id);
