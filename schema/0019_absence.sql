-- Who is away, and who stands in for him: his customers and his agenda are the stand-in's too, for those days (src/access/absence.h).
CREATE TABLE absence (
  tenant_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  from_day BIGINT NOT NULL,
  until_day BIGINT NOT NULL,              -- last day away
  stand_in_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BIGINT NOT NULL DEFAULT 0,
  ended_at BIGINT NOT NULL DEFAULT 0,     -- taken back
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX absence_stand_in ON absence (tenant_id, stand_in_id, until_day);
