-- What people say of an image as a whole counts for the categories that they were asked about.

-- Of an entry that is no item's: the categories that the program it was made in knows; null stands for all.
alter table review_decisions add column categories bigint[];

-- Of an image for the teacher: categories of which somebody said that nothing is missing.
alter table training_round_images add column complete bigint[];

alter table training_rounds
    -- Of the pass over all images that selection is in now: how many images it is through with.
    add column selected_images integer not null default 0,
    -- How many images the teacher has looked at again, and how many it is to, before the gate decides.
    add column audited         integer not null default 0,
    add column to_audit        integer not null default 0;
