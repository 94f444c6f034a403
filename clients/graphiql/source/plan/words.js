// Numbers as the panel writes them: three digits that mean something, never a bare zero for what took time.

export function milliseconds(value) {
  if (value === null) return '';
  if (value > 0 && value < 0.01) return '< 0.01 ms';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${grouped(value, digits)} ms`;
}

export function count(value, one, many = `${one}s`) {
  return `${grouped(value)} ${value === 1 ? one : many}`;
}

export function grouped(value, digits = 0) {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** 0.071 of a budget is "7 %"; more than all of it is never rounded down to "100 %". */
export function share(value) {
  if (value > 0 && value < 0.01) return '< 1 %';
  const percent = Number((value * 100).toPrecision(12)); // 0.29 * 100 is 28.999999999999996
  return `${grouped(value > 1 ? Math.ceil(percent) : Math.floor(percent))} %`;
}
