-- Documents that an import brought: the PDF of an electronic invoice, or one named after the invoice that it shows.
ALTER TABLE document ADD COLUMN import_id BIGINT NOT NULL DEFAULT 0;   -- that brought it; 0: it left with a message, or a person added it
CREATE INDEX document_import ON document (tenant_id, company_id, import_id) WHERE import_id > 0;
CREATE INDEX document_digest ON document (tenant_id, company_id, digest) WHERE import_id > 0;
CREATE INDEX document_item ON document (tenant_id, company_id, item_id) WHERE item_id > 0;
