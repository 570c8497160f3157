package dev.gleaner.finetune;

import dev.gleaner.evaluationrun.GoldBox;
import java.util.List;

/**
 * An image that a round's student is trained on.
 *
 * @param sha256        of its file, as it was when the round began
 * @param gold          boxes that humans vouch for
 * @param absent        categories known not to be there, as LVIS tells them; null where the boxes tell all there is
 * @param notExhaustive categories of which only some things have boxes; null as well
 * @param proposed      boxes beside the gold, with what each counts; null for an image of which only the caption is learnt
 * @param grounding     a caption with boxes for its phrases; null for none
 */
public record StudentImage(long imageId, String sha256, List<GoldBox> gold, long[] absent, long[] notExhaustive, List<ProposedBox> proposed,
        GroundedCaption grounding) {
}
