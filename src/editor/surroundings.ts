import * as vscode from 'vscode';

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

/** Languages that the catalogue and the pages are written in; every other display language reads English. */
export type Language = 'en' | 'zh-cn';

export function language(): Language {
  return vscode.env.language.toLowerCase() === 'zh-cn' ? 'zh-cn' : 'en';
}
