package dev.gleaner.round;

import dev.gleaner.round.ExperimentStore.Line;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The tables and the plot of an experiment, made of its results alone. AP is in points, 0 to 100; ranges are from the worst seed to the best. */
final class ExperimentReport {

    private static final List<String> COLOURS = List.of("#5c6770", "#1b6ec2", "#c2410c", "#0f766e");
    private static final int WIDTH = 440;
    private static final int HEIGHT = 340;
    private static final int LEFT = 52;
    private static final int TOP = 40;
    private static final int RIGHT = 16;
    private static final int BOTTOM = 44;

    private final List<Line> starts;
    /** Rounds by setting and arm. */
    private final Map<String, Map<String, List<Line>>> settings = new LinkedHashMap<>();
    private final Map<String, List<Line>> tries = new LinkedHashMap<>();

    ExperimentReport(List<Line> lines) {
        starts = lines.stream().filter(line -> line.round() == 0).toList();
        for (Line line : lines) {
            if (line.arm().startsWith("try ")) {
                tries.computeIfAbsent(line.arm(), arm -> new ArrayList<>()).add(line);
            } else if (line.round() > 0) {
                settings.computeIfAbsent(setting(line), setting -> new LinkedHashMap<>()).computeIfAbsent(line.arm(), arm -> new ArrayList<>()).add(line);
            }
        }
    }

    private static String setting(Line line) {
        return line.arm().substring(0, line.arm().indexOf(' '));
    }

    private static int rounds(Map<String, List<Line>> arms) {
        return arms.values().stream().flatMap(List::stream).mapToInt(Line::round).max().orElse(0);
    }

    /** Of all seeds. */
    private DoubleSummaryStatistics start(String setting) {
        return starts.stream().filter(line -> setting(line).equals(setting)).mapToDouble(Line::ap).summaryStatistics();
    }

    private double gain(Line line) {
        return line.ap() - starts.stream().filter(start -> setting(start).equals(setting(line)) && start.seed() == line.seed()).findAny().orElseThrow().ap();
    }

    private static DoubleSummaryStatistics of(List<Line> lines, int round, ToDoubleFunction<Line> figure) {
        return lines.stream().filter(line -> line.round() == round).mapToDouble(figure).summaryStatistics();
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        settings.forEach((setting, arms) -> rounds(text, setting, arms));
        if (!tries.isEmpty()) {
            text.append("| rounds | tries | promoted | refused | refused by the figures alone | AP change on held-out gold | AP change on test scenes | boxes right |\n")
                    .append("|---|---|---|---|---|---|---|---|\n");
            tries.forEach((name, lines) -> text.append("| %s | %d | %d | %d | %d | %s | %s | %.0f %% |%n".formatted(name.substring("try ".length()), lines.size(),
                    lines.stream().filter(Line::promoted).count(), lines.stream().filter(line -> !line.promoted()).count(), lines.stream().filter(line -> !line.byFigures()).count(),
                    range(of(lines, 1, Line::difference), true), range(of(lines, 1, line -> line.candidateAp() - line.ap()), true),
                    100 * of(lines, 1, Line::right).getAverage())));
        }
        return text.toString();
    }

    private void rounds(StringBuilder text, String setting, Map<String, List<Line>> arms) {
        text.append("| ").append(setting).append(" | start |");
        int rounds = rounds(arms);
        for (int round = 1; round <= rounds; round++) {
            text.append(" round ").append(round).append(" |");
        }
        text.append(" gain | promoted | boxes decided |\n|---|---|").append("---|".repeat(rounds + 3)).append('\n');
        arms.forEach((arm, lines) -> {
            text.append("| ").append(arm.substring(setting.length() + 1)).append(" | ").append(range(start(setting), false)).append(" |");
            for (int round = 1; round <= rounds; round++) {
                text.append(' ').append(range(of(lines, round, Line::ap), false)).append(" |");
            }
            text.append(" %s | %d of %d | %d |%n".formatted(range(of(lines, rounds, this::gain), true),
                    lines.stream().filter(Line::promoted).count(), lines.size(),
                    lines.stream().flatMap(line -> line.decisions().stream()).mapToInt(Integer::intValue).sum()));
        });
        text.append('\n');
    }

    private static String range(DoubleSummaryStatistics values, boolean signed) {
        if (values.getCount() == 0) {
            return "";
        }
        String number = signed ? "%+.1f" : "%.1f";
        return String.format(Locale.ROOT, number + " (" + number + " to " + number + ")", 100 * values.getAverage(), 100 * values.getMin(),
                100 * values.getMax());
    }

    /** A panel for each setting, and one for the tries. */
    String svg() {
        List<String> panels = new ArrayList<>();
        settings.forEach((setting, arms) -> panels.add(roundsPanel(setting, arms)));
        if (!tries.isEmpty()) {
            panels.add(triesPanel());
        }
        StringBuilder svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                .formatted(WIDTH * Math.max(1, panels.size()), HEIGHT));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (int i = 0; i < panels.size(); i++) {
            svg.append("<g transform=\"translate(").append(WIDTH * i).append(" 0)\">\n").append(panels.get(i)).append("</g>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    /** A panel's axes; x runs from 0 to 1, y from {@code low} to {@code high} in points. */
    private static final class Panel {

        private final StringBuilder svg = new StringBuilder();
        private final double low;
        private final double high;

        Panel(String title, double lowest, double highest) {
            double step = step(highest - lowest);
            low = Math.floor(lowest / step) * step;
            high = Math.max(low + step, Math.ceil(highest / step) * step);
            text(LEFT, 22, "start", title);
            for (double value = low; value <= high + step / 2; value += step) {
                svg.append(element("line", LEFT, y(value), WIDTH - RIGHT, y(value), "#d7dce0", 1));
                text(LEFT - 6, y(value) + 4, "end", String.format(Locale.ROOT, step < 1 ? "%.1f" : "%.0f", value));
            }
        }

        private static double step(double range) {
            for (double step : new double[] {0.5, 1, 2, 5, 10, 20}) {
                if (range / step <= 7) {
                    return step;
                }
            }
            return 25;
        }

        double x(double share) {
            return LEFT + share * (WIDTH - LEFT - RIGHT);
        }

        double y(double points) {
            return TOP + (HEIGHT - TOP - BOTTOM) * (high - points) / (high - low);
        }

        void text(double x, double y, String anchor, String text) {
            svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
        }

        void line(double x1, double y1, double x2, double y2, String colour, double width) {
            svg.append(element("line", x1, y1, x2, y2, colour, width));
        }

        private static String element(String name, double x1, double y1, double x2, double y2, String colour, double width) {
            return String.format(Locale.ROOT, "<%s x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>%n", name, x1, y1, x2,
                    y2, colour, width);
        }

        void dot(double x, double y, String colour) {
            svg.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n", x, y, colour));
        }
    }

    private String roundsPanel(String setting, Map<String, List<Line>> arms) {
        double start = 100 * start(setting).getAverage();
        DoubleSummaryStatistics all = arms.values().stream().flatMap(List::stream).mapToDouble(line -> 100 * line.ap()).summaryStatistics();
        Panel panel = new Panel("AP of the champion on " + setting + ", by round", Math.min(start, all.getMin()), Math.max(start, all.getMax()));
        int rounds = rounds(arms);
        for (int round = 0; round <= rounds; round++) {
            panel.text(panel.x((round + 0.1) / (rounds + 0.2)), HEIGHT - 26, "middle", Integer.toString(round));
        }
        int arm = 0;
        for (Map.Entry<String, List<Line>> entry : arms.entrySet()) {
            String colour = COLOURS.get(arm % COLOURS.size());
            double lastX = panel.x(0.1 / (rounds + 0.2));
            double lastY = panel.y(start);
            for (int round = 1; round <= rounds; round++) {
                DoubleSummaryStatistics points = of(entry.getValue(), round, line -> 100 * line.ap());
                if (points.getCount() > 0) {
                    // Beside one another, so that whiskers can be told apart.
                    double x = panel.x((round + 0.1) / (rounds + 0.2)) + 4 * (arm - 1.5);
                    panel.line(lastX, lastY, x, panel.y(points.getAverage()), colour, 2);
                    panel.line(x, panel.y(points.getMin()), x, panel.y(points.getMax()), colour, 1);
                    panel.dot(x, panel.y(points.getAverage()), colour);
                    lastX = x;
                    lastY = panel.y(points.getAverage());
                }
            }
            panel.dot(LEFT + 8 + 96 * arm, HEIGHT - 10, colour);
            panel.text(LEFT + 16 + 96 * arm, HEIGHT - 6, "start", entry.getKey().substring(setting.length() + 1));
            arm++;
        }
        return panel.svg.toString();
    }

    private String triesPanel() {
        List<Line> all = tries.values().stream().flatMap(List::stream).toList();
        Panel panel = new Panel("Change of AP on held-out gold, with its interval", Math.min(0, 100 * all.stream().mapToDouble(Line::low).min().orElse(0)),
                Math.max(0, 100 * all.stream().mapToDouble(Line::high).max().orElse(0)));
        panel.line(LEFT, panel.y(0), WIDTH - RIGHT, panel.y(0), "#5c6770", 1.5);
        int place = 0;
        for (Map.Entry<String, List<Line>> kind : tries.entrySet()) {
            panel.text(panel.x((place + kind.getValue().size() / 2.0) / all.size()), HEIGHT - 26, "middle", kind.getKey().substring("try ".length()));
            for (Line line : kind.getValue()) {
                double x = panel.x((place + 0.5) / all.size());
                String colour = line.promoted() ? COLOURS.get(3) : COLOURS.get(2);
                panel.line(x, panel.y(100 * line.low()), x, panel.y(100 * line.high()), colour, 1.5);
                panel.dot(x, panel.y(100 * line.difference()), colour);
                place++;
            }
        }
        int legend = 0;
        for (Map.Entry<String, String> entry : Map.of("promoted", COLOURS.get(3), "refused", COLOURS.get(2)).entrySet().stream()
                .sorted(Map.Entry.comparingByKey()).collect(Collectors.toList())) {
            panel.dot(LEFT + 8 + 96 * legend, HEIGHT - 10, entry.getValue());
            panel.text(LEFT + 16 + 96 * legend, HEIGHT - 6, "start", entry.getKey());
            legend++;
        }
        return panel.svg.toString();
    }
}
