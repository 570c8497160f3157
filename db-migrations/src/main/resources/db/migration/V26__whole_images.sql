-- What people say of an image as a whole counts for the categories that they were asked about.

-- Of an entry that is no item's: the categories that the program it was made in knows; null stands for all.
alter table review_decisions add column categories bigint[];

-- Of an image for the teacher: categories of which somebody said that nothing is missing.
alter table training_round_images add column complete bigint[];

-- Of the pass over all images that selection is in now: how many images it is through with.
alter table training_rounds add column selected_images integer not null default 0;
