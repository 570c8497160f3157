-- Captions that lie with the images of a folder, while it is imported.

create table import_captions (
    id         bigint generated always as identity primary key,
    dataset_id bigint not null,
    file_name  text not null,
    caption    text not null
);
create index import_captions_dataset on import_captions (dataset_id);
