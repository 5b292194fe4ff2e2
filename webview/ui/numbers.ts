/** Numbers as the reader's language writes them. */
export interface NumberFormat {
  integer(value: number): string;
  /** Milliseconds, three significant digits, with the unit. */
  milliseconds(value: number): string;
  /** A ratio to the baseline: `0.87×`. */
  ratio(value: number): string;
  /** A share from 0 to 1 as per cent. */
  percent(share: number): string;
  /** Three significant digits; very large and very small ones in powers of ten. */
  number(value: number): string;
  /** As `number`, with `+` before positive ones. */
  signedNumber(value: number): string;
  /** A published number as its table has it: with so many decimals, zeros included. */
  decimals(value: number, decimals: number): string;
  list(items: readonly string[]): string;
  /** Sizes in memory, in MB or kB; changes with their sign. */
  bytes(value: number): string;
  /** The time of day of an ISO date, in hours and minutes. */
  time(date: string): string;
  /** Milliseconds as seconds or minutes, rounded up. */
  duration(milliseconds: number): string;
}

/** @param language a BCP 47 tag: the page's `lang` */
export function numbersFor(language: string): NumberFormat {
  const integer = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const significant = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  const scientific = new Intl.NumberFormat(language, { notation: 'scientific', maximumSignificantDigits: 3 });
  const milliseconds = new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
    maximumSignificantDigits: 3,
  });
  const ratio = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(language, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'negative',
  });
  // Chinese lists of units have nothing between their items, and other styles of this type end with "and".
  const list = new Intl.ListFormat(language, { type: 'conjunction', style: 'narrow' });
  const unit = (name: string) =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short', maximumSignificantDigits: 3 });
  const formatNumber = (value: number) => {
    const size = Math.abs(value);
    const formatter = size !== 0 && (size < 1e-3 || size >= 1e6) ? scientific : significant;
    return formatter.format(value === 0 ? 0 : value);
  };
  return {
    integer: (value) => integer.format(value),
    milliseconds: (value) => milliseconds.format(value),
    ratio: (value) => `${ratio.format(value)}×`,
    percent: (share) => percent.format(share),
    number: formatNumber,
    signedNumber: (value) => (value > 0 ? `+${formatNumber(value)}` : formatNumber(value)),
    decimals: (value, decimals) =>
      value.toLocaleString(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
    list: (items) => list.format(items),
    bytes: (value) => {
      const large = Math.abs(value) >= 1e6;
      return unit(large ? 'megabyte' : 'kilobyte').format(value / (large ? 1e6 : 1e3));
    },
    time: (date) => new Date(date).toLocaleTimeString(language, { timeStyle: 'short' }),
    duration: (time) =>
      time <= 90_000
        ? unit('second').format(Math.max(1, Math.ceil(time / 1000)))
        : unit('minute').format(Math.ceil(time / 60_000)),
  };
}
