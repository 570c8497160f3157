package dev.gleaner.evaluationrun;

import dev.gleaner.glip.Glip.Chunking;
import dev.gleaner.glip.GlipConfig;

/**
 * How detections come about. The last three are the model's own, noted here because figures depend on them.
 *
 * @param chunking           how the prompts are cut to the model's text length
 * @param detectionsPerImage how many detections of an image are kept, the best of all chunks
 * @param minScore           the model's least class score, before it is multiplied by the centreness
 * @param nmsIou             the model's overlap from which boxes of one category are duplicates
 * @param perChunk           how many detections the model gives of an image and a chunk
 */
public record EvaluationSettings(Chunking chunking, int detectionsPerImage, double minScore, double nmsIou, int perChunk) {

    static EvaluationSettings of(Chunking chunking, int detectionsPerImage, GlipConfig.Selection model) {
        return new EvaluationSettings(chunking, detectionsPerImage, model.minScore(), model.nmsIou(), model.perImage());
    }
}
