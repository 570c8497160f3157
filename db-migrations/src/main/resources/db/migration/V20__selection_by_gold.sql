-- Selection learns its thresholds from gold that the teacher labels as well, and goes through the boxes some images at a time.

-- Whether the teacher labels the image although it is gold: what is right there is known.
alter table training_round_images add column judged boolean not null default false;

alter table training_rounds
    -- How many images are judged.
    add column judged         integer not null default 0,
    -- How far selection is: how often it has been through all images, and the last image that it is through with now.
    add column selecting_pass integer not null default 0,
    add column selected_to    bigint not null default 0;

-- What the teacher found on judged images, best first, and whether it is right. Boxes of which gold says neither are left out.
create table training_round_judged_boxes (
    round_id    bigint not null,
    image_id    bigint not null,
    ordinal     integer not null,
    category_id bigint not null references categories,
    score       double precision not null,
    agreement   double precision not null,
    hit         boolean not null,
    primary key (round_id, image_id, ordinal),
    foreign key (round_id, image_id) references training_round_images on delete cascade
);
