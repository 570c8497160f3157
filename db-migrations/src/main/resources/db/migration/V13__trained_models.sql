-- The demo labels with a trained model: nothing makes one with weights drawn at random any more.
alter table model_versions drop column untrained;
