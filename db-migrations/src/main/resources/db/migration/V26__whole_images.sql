-- What rounds know of images as wholes, and how far they are.

-- Of an image for the teacher: categories of which somebody said that nothing is missing.
alter table training_round_images add column complete bigint[];

alter table training_rounds
    -- Of the pass over all images that selection is in now: how many images it is through with.
    add column selected_images integer not null default 0,
    -- How many images the teacher has looked at again, and how many it is to, before the gate decides.
    add column audited         integer not null default 0,
    add column to_audit        integer not null default 0;
