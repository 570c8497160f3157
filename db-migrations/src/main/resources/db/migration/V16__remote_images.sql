-- An image is a file of the server, or is at an address of the web or of a store.
alter table images alter column path drop not null, add column address text;
alter table images add constraint images_place check ((path is null) <> (address is null)) not valid;
alter table import_images add column address text;
