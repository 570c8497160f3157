-- Tuned prompts: model versions that share the bundle of the version they were tuned for.

-- The file of what was learnt; null for a version that is its bundle and nothing else.
alter table model_versions add column prompt_delta text;

-- Beside the bundle, once all steps are taken.
alter table fine_tunes add column prompt_delta text;
