/**
 * Models as files: the official {@code .pth}, YAML and vocabulary in, this program's own bundles in and out.
 *
 * <p>{@link dev.gleaner.glip.checkpoint.OfficialImport} makes a {@link dev.gleaner.glip.checkpoint.Bundle} of an official
 * model. Files come from anywhere and are not trusted: no class that a file names is loaded, sizes are checked before memory
 * is taken, and each fault ends in a {@link dev.gleaner.glip.checkpoint.CheckpointException} that says what was expected.
 * Elements of tensors are read or mapped one tensor at a time.
 */
package dev.gleaner.glip.checkpoint;
