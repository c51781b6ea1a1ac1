-- 0055: credits of the books that settle nothing yet (cash/free.c).
CREATE INDEX item_open_credit ON item (tenant_id, company_id, posting_day, id) WHERE open_amount < 0;
