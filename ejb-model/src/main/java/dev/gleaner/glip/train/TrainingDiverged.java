package dev.gleaner.glip.train;

/** Losses or gradients were no finite numbers for too many steps in a row; the parameters are those before them. */
public final class TrainingDiverged extends RuntimeException {

    private static final long serialVersionUID = 1;

    TrainingDiverged(TrainingStep last, int skipped) {
        super("training stopped at step " + last.step() + ": loss " + last.loss() + " and gradient norm " + last.gradientNorm()
                + " were no finite numbers for " + skipped + " steps in a row; expected finite ones. Lower the learning rate,"
                + " or look for boxes or images of extreme sizes");
    }
}
