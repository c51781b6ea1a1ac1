-- A colleague is given a task for a bill that does not come back accepted, and for what the bank does not answer for.
ALTER TABLE instrument ADD COLUMN tasked_day BIGINT;
