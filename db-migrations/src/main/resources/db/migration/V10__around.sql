-- What pages show around reviewing.

-- What a queue is made of where it asks for one model version's proposals: open ones by category and score.
create index annotations_open_model on annotations (dataset_id, model_version_id, category_id, score) include (image_id) where status = 'PROPOSED';

-- What was counted of a dataset's boxes: counting passes all of them, so it is kept for a while.
create table dataset_statistics (
    dataset_id bigint primary key references datasets on delete cascade,
    -- By category: boxes by status, size and score.
    statistics jsonb not null,
    counted_at timestamptz not null,
    -- How long it took.
    millis     integer not null
);
