-- Scenarios: who was contacted over all companies of a tenant, second approvals, profiles by rule, what each day's plan said, trials.

CREATE TABLE buyer_contact (              -- a buyer (SIREN) hears from the companies of a tenant once a day at most: the key is the rule
  tenant_id BIGINT NOT NULL,
  siren TEXT NOT NULL,
  test BIGINT NOT NULL,                   -- 1: of a company that is not live
  day BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, siren, test, day)
);
CREATE INDEX buyer_contact_day ON buyer_contact (tenant_id, test, day);
CREATE INDEX buyer_contact_action ON buyer_contact (tenant_id, company_id, action_id);
INSERT INTO buyer_contact (tenant_id, siren, test, day, company_id, action_id)
  SELECT a.tenant_id, c.siren, a.test, a.done_day, MIN(a.company_id), MIN(a.id) FROM action a
    JOIN customer c ON c.tenant_id = a.tenant_id AND c.company_id = a.company_id AND c.id = a.customer_id
   WHERE a.state IN ('sent', 'done', 'unknown') AND a.channel <> 'task' AND a.done_day IS NOT NULL AND c.siren <> ''
   GROUP BY a.tenant_id, c.siren, a.test, a.done_day;

CREATE TABLE action_approval (            -- who approved a formal notice, where a setting asks for two persons
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  day BIGINT NOT NULL,
  amount BIGINT NOT NULL,                 -- what was approved: a changed amount wants a new yes
  PRIMARY KEY (tenant_id, company_id, action_id, user_id)
);

CREATE TABLE profile_rule (               -- a company's own rules, in order; none: the ones that come ready
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  profile TEXT NOT NULL,
  scenario TEXT NOT NULL,                 -- followed by customers of this profile
  conditions TEXT NOT NULL,               -- JSON: src/dunning/condition.h
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, position)
);

CREATE TABLE customer_profile (           -- what the rules made of a customer, as of the last run
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  profile TEXT NOT NULL,
  since_day BIGINT NOT NULL,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, customer_id)
);

CREATE TABLE plan_note (                  -- the actions of each day's plan as they stood, for "why" on a past day
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  content TEXT NOT NULL,                  -- JSON: src/dunning/note.c
  PRIMARY KEY (tenant_id, company_id, day, customer_id, action_id)
);

CREATE TABLE trial (                      -- two variants of a scenario on comparable customers drawn at random
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  name TEXT NOT NULL,
  scenario_a TEXT NOT NULL,
  scenario_b TEXT NOT NULL,
  seed BIGINT NOT NULL,                   -- the draw can be made again
  started_day BIGINT NOT NULL,
  days BIGINT NOT NULL,                   -- at most
  stopped_day BIGINT,
  stop_reason TEXT NOT NULL DEFAULT '',   -- '' running; person, time, clear, harm
  by_user BIGINT NOT NULL DEFAULT 0,
  rev BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, company_id, id)
);

CREATE TABLE trial_member (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  trial_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  arm TEXT NOT NULL,                      -- a, b
  stratum TEXT NOT NULL,                  -- what made him comparable
  PRIMARY KEY (tenant_id, company_id, trial_id, customer_id)
);
CREATE INDEX trial_member_customer ON trial_member (tenant_id, company_id, customer_id);
