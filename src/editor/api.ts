import type * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import type { ToolRunner } from '../agents/tools';
import type { Report } from '../compare/report';
import type { HealthReport } from '../health/report';
import type { PriceReport } from '../price/report';
import type { ToComparePanel } from '../protocol/compare';
import type { ToExplainPanel } from '../protocol/explain';
import type { ToHealthPanel } from '../protocol/health';
import type { ToOnnxPanel } from '../protocol/onnx';
import type { ToPricePanel } from '../protocol/price';
import type { ModelForm } from '../reader/forms';

/** What `activate` returns: what the editor's own API can't show, for the tests that run inside of it. */
export interface Api {
  /** Findings that the Problems list and the ends of lines show now. */
  readonly shownAdvice: (document: vscode.TextDocument) => readonly Advice[];
  readonly onDidChangeAdvice: vscode.Event<vscode.TextDocument>;
  readonly onDidPostToCompare: vscode.Event<ToComparePanel>;
  readonly onDidReport: vscode.Event<Report>;
  readonly onDidPostToExplain: vscode.Event<ToExplainPanel>;
  readonly onDidPostToPrice: vscode.Event<ToPricePanel>;
  readonly onDidPostToHealth: vscode.Event<ToHealthPanel>;
  readonly onDidPostToOnnx: vscode.Event<ToOnnxPanel>;
  readonly onDidCheck: vscode.Event<HealthReport>;
  readonly onDidMeasure: vscode.Event<PriceReport>;
  /** The editor's own answer has lost what a click does by the time that a test reads it. */
  readonly measuredHints: vscode.InlayHintsProvider;
  /** The tools for agents, past the editor's confirmations: nobody is there to answer them. */
  readonly agents: ToolRunner;
  /** Threads that were started to read models, by what those are written in. */
  readonly startedThreads: () => readonly ModelForm[];
}
