-- What a document of a customer or an item is: the order, the delivery note, the invoice … (src/ledger/document_kind.h).
ALTER TABLE document ADD COLUMN kind TEXT NOT NULL DEFAULT '';          -- '' not said
