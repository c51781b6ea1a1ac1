-- What a person said of a bank's payment and a line of the books that stand too far apart to be taken for one by themselves.

CREATE TABLE cash_posting (
  tenant_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL,
  cash_id BIGINT NOT NULL,                -- the fact that a decision on a bank line brought
  fact_id BIGINT NOT NULL,                -- the line of the books
  same BIGINT NOT NULL,                   -- 1: the same money, 0: another payment
  by_user BIGINT NOT NULL DEFAULT 0,
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, company_id, cash_id, fact_id)
);
