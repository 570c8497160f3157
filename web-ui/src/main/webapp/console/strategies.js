// The strategies by which boxes of the teacher are selected, in words. A round applies those chosen one after the other, in this order.
import { decimal, percent } from './ui.js';

/**
 * Each with its name in the API, its title, what it does in a sentence, and its numbers: name, label, default, least, most, step.
 */
export const STRATEGIES = [
  { strategy: 'fixed', title: 'Fixed threshold', does: 'Keeps the boxes from a score on: the plain rule of self-training (STAC).',
    numbers: [['least', 'Lowest score', 0.5, 0, 1, 0.01]] },
  { strategy: 'loose-image', title: 'Loose, by image', does: 'Keeps every box above a low score in images that have one above a higher score: such an image was understood.',
    numbers: [['least', 'Lowest score', 0.1, 0, 1, 0.01], ['sure', 'In images with a score above', 0.3, 0, 1, 0.01]] },
  { strategy: 'class-adaptive', title: 'Adapted to each category', does: 'Fits two normal distributions to the scores of each category and keeps what more likely belongs to the upper one (Consistent-Teacher).',
    numbers: [['fewest', 'Boxes needed for a fit', 10, 2, 10000, 1], ['fallback', 'Lowest score without a fit', 0.5, 0, 1, 0.01], ['least', 'Lowest threshold', 0, 0, 1, 0.01]] },
  { strategy: 'reviewed', title: 'Learnt from reviews', does: 'Keeps the boxes from the score on at which reviewers accepted most proposals of the category.',
    numbers: [['precision', 'Wanted share of right boxes', 0.8, 0.01, 0.99, 0.01], ['fewest', 'Decisions needed', 10, 2, 10000, 1], ['fallback', 'Lowest score with fewer', 0.5, 0, 1, 0.01]] },
  { strategy: 'agreement', title: 'Confirmed by other views', does: 'Keeps the boxes that the teacher finds again at the same place in the mirror image and at other sizes (as Soft Teacher jitters boxes).',
    numbers: [['least', 'Lowest overlap (IoU)', 0.5, 0, 1, 0.01]] },
  { strategy: 'gold', title: 'Learnt from gold', does: 'The teacher labels some of the gold as well, and keeps of each category the boxes from the score on at which enough are right there (after data distillation). With too little gold, or gold that it was trained on, the spread of its scores decides as well.',
    numbers: [['precision', 'Wanted share of right boxes', 0.7, 0.01, 0.99, 0.01], ['fewest', 'Boxes of all categories that count for each', 10, 2, 10000, 1], ['least', 'Lowest threshold without gold', 0.5, 0, 1, 0.01]] },
  { strategy: 'quota', title: 'Quota for each category', does: 'Keeps the best boxes of each category up to a multiple of its share of the gold, against the drift to frequent categories (CReST).',
    numbers: [['slack', 'Times its share', 2, 1, 100, 0.1]] },
];

/** What people call a strategy, or the decision of a reviewer that came before it. */
export const titleOf = (strategy) => (strategy === 'human' ? 'Decided by a reviewer' : STRATEGIES.find((known) => known.strategy === strategy)?.title ?? strategy);

/** What a threshold was learnt from, in words. */
const SOURCES = {
  gold: 'from its gold', pooled: 'mostly from the gold of all categories', 'seen-gold': 'from gold that the teacher was trained on', fitted: 'fitted to its scores',
  reviewed: 'from reviews', fallback: 'as ordered, since there was nothing to learn from',
};

/** A threshold with where it comes from: "40%, from its gold". */
export const thresholdInWords = ({ least, source }) => `${least >= 1 ? 'none is sure enough' : percent(least)}, ${SOURCES[source] ?? source}`;

/** Why the student learns from a box, or does not, in words. */
export function reasonOf({ selected, droppedBy, score, agreement }, rules) {
  const rule = rules.find(({ strategy }) => strategy === droppedBy) ?? {};
  switch (droppedBy) {
    case 'fixed': return `dropped: its score of ${percent(score)} is below ${percent(rule.least)}`;
    case 'loose-image': return `dropped: no box of the image is sure enough, or its own score of ${percent(score)} is too low`;
    case 'class-adaptive': return `dropped: its score of ${percent(score)} is below what was fitted to its category`;
    case 'gold': return `dropped: on gold too few boxes of its category with a score of ${percent(score)} are right`;
    case 'reviewed': return `dropped: reviewers reject too many boxes of its category with a score of ${percent(score)}`;
    case 'agreement': return `dropped: other views confirm it by ${percent(agreement)} only, ${percent(rule.least)} are wanted`;
    case 'quota': return 'dropped: its category has its share already, by better boxes';
    case 'human': return 'dropped: a reviewer has decided about boxes of this category on the image';
    default: return selected === true ? 'selected' : selected === false ? 'dropped' : 'not decided yet';
  }
}

/** A rule with its numbers: "Fixed threshold (lowest score 0.5)". */
export function ruleInWords(rule) {
  const numbers = STRATEGIES.find(({ strategy }) => strategy === rule.strategy)?.numbers ?? [];
  const given = numbers.filter(([name]) => rule[name] != null).map(([name, label]) => `${label[0].toLowerCase()}${label.slice(1)} ${decimal(rule[name])}`);
  return `${titleOf(rule.strategy)}${given.length ? ` (${given.join(', ')})` : ''}`;
}
