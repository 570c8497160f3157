/**
 * The text side of GLIP: BERT's uncased tokeniser, captions made of prompts or written freely, the tokens of each phrase, how a
 * long list of prompts is cut to the model's text length, and {@link dev.gleaner.glip.text.Bert}, which reads the result; nothing
 * but the last knows tensors.
 *
 * <p>{@link dev.gleaner.glip.text.TextPlanner} is the entrance, {@link dev.gleaner.glip.text.TextChunk} what the network gets.
 * All offsets into text count Java {@code char}s, so that they fit {@link java.lang.String#substring(int, int)}; the official
 * code counts code points, which differs for characters outside the basic plane only.
 */
package dev.gleaner.glip.text;
