-- Boxes that a source gives in fractions of their image wait for its size. They are kept as written: what is divided and
-- multiplied again in binary is not always the same.
alter table import_boxes add column relative text;
