-- Review: queues of images whose proposals wait for a human, who holds which, and what was decided.

-- What a box was when its model proposed it, or its dataset brought it, once a reviewer corrected it: {"category", "x", "y", "width", "height"}.
alter table annotations add column original jsonb;
-- What a queue is made of: open proposals by category and score.
create index annotations_open on annotations (dataset_id, category_id, score) include (image_id) where status = 'PROPOSED';

-- The least score at which labeling runs propose a box of the category, where their order does not say; null for the default.
alter table categories add column threshold double precision check (threshold between 0 and 1);

create table review_queues (
    id               bigint generated always as identity primary key,
    project_id       bigint not null references projects,
    dataset_id       bigint not null references datasets,
    name             text not null,
    ordering         text not null check (ordering in ('RANKED', 'RANDOM', 'STRATIFIED')),
    filter           jsonb not null,
    -- The share of its items whose truth is known.
    checks           double precision not null,
    -- How many reviewers see each of a share of its images; 1 for all to be seen once.
    consensus        integer not null,
    consensus_share  double precision not null,
    seed             bigint not null,
    status           text not null check (status in ('OPEN', 'CLOSED')),
    images           integer not null default 0,
    items            integer not null default 0,
    created_by       text not null,
    created_at       timestamptz not null default now(),
    closed_at        timestamptz
);
create index review_queues_project on review_queues (project_id, id);
create index review_queues_dataset on review_queues (dataset_id);

create table review_items (
    id            bigint generated always as identity primary key,
    queue_id      bigint not null references review_queues on delete cascade,
    image_id      bigint not null references images on delete cascade,
    place         integer not null,
    -- WORK decides about the boxes of the image. CHECK and OPINION decide about a copy of them: to be compared with what is known, or
    -- with what others say.
    kind          text not null check (kind in ('WORK', 'CHECK', 'OPINION')),
    -- Whether other items of the queue are of the same image, so that the answers are kept to be compared.
    consensus     boolean not null,
    worth         double precision,
    reason        text not null,
    -- Of CHECK and OPINION, what the reviewer gets to see; of CHECK, what is right.
    shown         jsonb,
    truth         jsonb,
    -- What the reviewer says is on the image; kept for CHECK and for consensus.
    answer        jsonb,
    status        text not null check (status in ('OPEN', 'CLAIMED', 'DONE', 'SKIPPED')),
    -- Who holds it, or decided.
    reviewer      text,
    claimed_until timestamptz,
    decided_at    timestamptz,
    skip_reason   text,
    version       integer not null default 0,
    unique (queue_id, place)
);
-- What waits, in the order in which it is handed out.
create index review_items_waiting on review_items (queue_id, place) where status in ('OPEN', 'CLAIMED');
create index review_items_status on review_items (queue_id, status, place);
create index review_items_image on review_items (image_id);
-- Several opinions about an image are of different reviewers.
create unique index review_items_reviewer on review_items (queue_id, image_id, reviewer) where reviewer is not null;
-- What a reviewer holds.
create index review_items_held on review_items (reviewer, queue_id) where status = 'CLAIMED';
-- Answers to compare.
create index review_items_answers on review_items (queue_id, image_id) where answer is not null;

-- The audit log of reviewing: who decided what, when, and what was before. It outlives queues and boxes, so it refers to neither.
create table review_decisions (
    id           bigint generated always as identity primary key,
    project_id   bigint not null,
    dataset_id   bigint not null,
    image_id     bigint not null,
    queue_id     bigint,
    item_id      bigint,
    action       text not null check (action in ('DECIDE', 'SKIP', 'UNDO')),
    -- False of checks and second opinions, which change no box.
    counts       boolean not null,
    reviewer     text not null,
    -- By which the reviewer's program knows it: sent again, it is not done again. A decision about boxes of several images has several entries.
    request_id   text not null,
    origin       text not null check (origin in ('console', 'api', 'label-studio')),
    decided_at   timestamptz not null,
    seconds      double precision,
    comment      text,
    reason       text,
    undoes       bigint unique references review_decisions,
    -- Of the item afterwards.
    item_version integer,
    unique (reviewer, request_id, image_id)
);
create index review_decisions_image on review_decisions (image_id, id);
create index review_decisions_item on review_decisions (item_id, id);
create index review_decisions_project on review_decisions (project_id, decided_at);

create table review_decision_boxes (
    decision_id      bigint not null references review_decisions,
    ordinal          integer not null,
    annotation_id    bigint,
    action           text not null check (action in ('ACCEPT', 'REJECT', 'RELABEL', 'MOVE', 'DRAW', 'KEEP', 'RESTORE')),
    -- Null before a box was drawn, and after that is undone.
    before           jsonb,
    after            jsonb,
    -- Whether an open proposal met what the reviewer says is there: the same category, IoU of 0.5 or more. Null of everything else.
    hit              boolean,
    -- What the model had said, if it was a model's proposal.
    category_id      bigint not null,
    model_version_id bigint,
    score            double precision,
    primary key (decision_id, ordinal)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
create trigger review_decisions_append_only before update or delete on review_decisions for each row execute function refuse_change();
create trigger review_decision_boxes_append_only before update or delete on review_decision_boxes for each row execute function refuse_change();
