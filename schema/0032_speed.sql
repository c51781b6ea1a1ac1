-- 0032: what is asked of few among very many items, without reading the others.

-- purchase orders and other names that open items go by (cash/view.c)
CREATE INDEX item_extra_open ON item (tenant_id, company_id, id) WHERE extra <> '' AND open_amount <> 0;
-- what reopens or takes over an item (ledger/collected.c)
CREATE INDEX item_origin ON item (tenant_id, company_id, origin_id) WHERE origin_id > 0;
-- retentions on works (ledger/retention.c)
CREATE INDEX item_retention ON item (tenant_id, company_id, customer_id) WHERE kind = 'retention';
-- what was said and done, by its step: messages that named an item, formal notices (dunning/limitation_report.c, outreach/interest_paper.c)
CREATE INDEX action_done ON action (tenant_id, company_id, step_rank, done_day) WHERE done_day IS NOT NULL;
-- letters to print and post (outreach/letters.c)
CREATE INDEX action_letter ON action (tenant_id, company_id, plan_day) WHERE channel IN ('letter', 'registered_letter');
