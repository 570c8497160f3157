package dev.gleaner.glip;

/**
 * What is left out at random while the network trains; nothing is at inference. All of it is our reading of the papers: the
 * reference numbers are those of a network that leaves nothing out.
 *
 * @param dropPath      largest share of Swin's residual branches that are skipped; it grows from 0 at the first block to
 *                      this at the last (stochastic depth, Huang et al. 2016)
 * @param dropBlock     share of the places of p3's and p4's merged maps that are blanked in squares (DropBlock, Ghiasi et
 *                      al. 2018)
 * @param dropBlockSize side of these squares, in places; odd
 * @param fusionDropout share of the attention weights that fusion drops, in both directions
 * @param textDropout   share of BERT's attention weights and of the changes its layers make that are dropped, in the
 *                      backbone and in the head
 */
public record Regularisation(double dropPath, double dropBlock, int dropBlockSize, double fusionDropout, double textDropout) {

    /** Nothing is left out. */
    public static final Regularisation NONE = new Regularisation(0, 0, 1, 0, 0);

    /** What GLIP-T is trained with; GLIP-L has a {@code dropPath} of 0.4. */
    public static final Regularisation OFFICIAL = new Regularisation(0.2, 0.3, 3, 0.1, 0.1);

    public Regularisation {
        share("dropPath", dropPath);
        share("dropBlock", dropBlock);
        share("fusionDropout", fusionDropout);
        share("textDropout", textDropout);
        if (dropBlockSize < 1 || dropBlockSize % 2 == 0) {
            throw new IllegalArgumentException("dropBlockSize must be odd and positive, not " + dropBlockSize);
        }
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be a share from 0 to below 1, not " + value);
        }
    }
}
