/** The kinds of themes that an editor tells apart; a hover can't read more of its colours. */
export type ThemeKind = 'light' | 'dark' | 'hc-light' | 'hc-dark';

export interface Palette {
  readonly text: string;
  readonly axis: string;
  readonly grid: string;
  readonly value: string;
  readonly slope: string;
}

/** Each colour has at least 4.5:1 contrast against the hover's background, the grid excepted. */
export const palettes: Readonly<Record<ThemeKind, Palette>> = {
  light: { text: '#3b3b3b', axis: '#6b6b6b', grid: '#d8d8d8', value: '#0b61b0', slope: '#a8480a' },
  dark: { text: '#cccccc', axis: '#9d9d9d', grid: '#3f3f3f', value: '#61b0ff', slope: '#f0a35e' },
  'hc-light': { text: '#000000', axis: '#000000', grid: '#b0b0b0', value: '#0000c8', slope: '#8a2b00' },
  'hc-dark': { text: '#ffffff', axis: '#ffffff', grid: '#5a5a5a', value: '#6fc3ff', slope: '#ffb464' },
};
