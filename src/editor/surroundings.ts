import * as vscode from 'vscode';
import { displayLanguage, type Language } from '../language/say';

/** The four kinds of themes; the editor tells no more of its colours. */
export type ThemeName = 'light' | 'dark' | 'hc-light' | 'hc-dark';

export function theme(): ThemeName {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return 'light';
    case vscode.ColorThemeKind.Dark:
      return 'dark';
    case vscode.ColorThemeKind.HighContrastLight:
      return 'hc-light';
    case vscode.ColorThemeKind.HighContrast:
      return 'hc-dark';
  }
}

export function language(): Language {
  return displayLanguage(vscode.env.language);
}
