// The time axis: from 0 to a round number at or above the last end, with a few round ticks on the way.

const MOST_TICKS = 5;

/** Return { length, step, ticks }, in milliseconds, for rows that end at `last`. */
export function scaleTo(last) {
  const length = last > 0 ? last : 1;
  const rough = length / MOST_TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * magnitude >= rough) * magnitude;
  const ticks = Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
  return { length, step, ticks };
}

/** Return where a row's bar begins and how long it is, in per cent of the axis; null where its times are not known. */
export function barOf({ begin, end }, { length }) {
  if (begin === null || end === null) return null;
  const from = clamp(begin / length);
  return { left: from * 100, width: (clamp(end / length) - from) * 100 };
}

const clamp = (share) => Math.min(Math.max(share, 0), 1);
