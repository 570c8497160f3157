package dev.gleaner.web.rest;

import dev.gleaner.evaluation.DetectionFigures;
import dev.gleaner.evaluationrun.Figures;

/** COCO's and LVIS's figures, as the API writes them: those that are not defined, since there is nothing to find, are left out. */
public record FiguresJson(Double ap, Double ap50, Double ap75, Double apSmall, Double apMedium, Double apLarge,
        Double ar1, Double ar10, Double ar, Double arSmall, Double arMedium, Double arLarge, Double apRare, Double apCommon, Double apFrequent) {

    /** Of a category. */
    static FiguresJson of(DetectionFigures figures) {
        return of(figures, DetectionFigures.UNDEFINED, DetectionFigures.UNDEFINED, DetectionFigures.UNDEFINED);
    }

    static FiguresJson of(Figures figures) {
        return of(figures.all(), figures.apRare(), figures.apCommon(), figures.apFrequent());
    }

    private static FiguresJson of(DetectionFigures f, double apRare, double apCommon, double apFrequent) {
        return new FiguresJson(defined(f.ap()), defined(f.ap50()), defined(f.ap75()),
                defined(f.apSmall()), defined(f.apMedium()), defined(f.apLarge()),
                defined(f.ar1()), defined(f.ar10()), defined(f.ar()), defined(f.arSmall()), defined(f.arMedium()), defined(f.arLarge()),
                defined(apRare), defined(apCommon), defined(apFrequent));
    }

    static Double defined(double figure) {
        return figure == DetectionFigures.UNDEFINED ? null : figure;
    }
}
