-- A sum that a bank booked whole, and the payments that it is made of, told apart: once the payments are there, they stand for it.

ALTER TABLE bank_line ADD COLUMN lump_id BIGINT NOT NULL DEFAULT 0; -- the line of the whole sum, which is not shown (present 0) while they are
CREATE INDEX bank_line_lump ON bank_line (tenant_id, company_id, lump_id);
