import * as vscode from 'vscode';
import { ToolRunner } from './agents/tools';
import { ActiveModels } from './editor/activeModels';
import { AdapterChecks } from './editor/adapterChecks';
import { AgentFiles, type ResolveLinks } from './editor/agentFiles';
import { agentHost } from './editor/agentHost';
import * as agentServer from './editor/agentServer';
import * as agentTools from './editor/agentTools';
import type { Api } from './editor/api';
import { AskedFiles } from './editor/asked';
import { BesideDocuments } from './editor/beside';
import { settingOption } from './editor/candidateOptions';
import * as check from './editor/check';
import * as checkWorkspace from './editor/checkWorkspace';
import { chooseModel } from './editor/chooseModel';
import * as compare from './editor/compare';
import * as comparisonsView from './editor/comparisonsView';
import * as completions from './editor/completions';
import { chooseData } from './editor/data';
import { describe } from './editor/describe';
import * as diagnostics from './editor/diagnostics';
import { DocumentShapes } from './editor/documentShapes';
import { Documents } from './editor/documents';
import { drawnFunctions } from './editor/drawnFunctions';
import * as explain from './editor/explain';
import { completeStep } from './editor/firsts';
import * as fixes from './editor/fixes';
import * as hints from './editor/hints';
import * as hover from './editor/hover';
import { explainColumn, FileSites, replaceThere, showRule } from './editor/inFile';
import { LastResults } from './editor/lastResults';
import * as lenses from './editor/lenses';
import * as measure from './editor/measure';
import { MeasuredHints } from './editor/measuredHints';
import * as modelAdvice from './editor/modelAdvice';
import { ModelReadings } from './editor/modelReadings';
import { fail } from './editor/notices';
import * as onnxEditor from './editor/onnxEditor';
import { OnnxFileReader } from './editor/onnxFiles';
import { OnnxWriting } from './editor/onnxWriting';
import * as openSample from './editor/openSample';
import { Previews } from './editor/previews';
import { Prices } from './editor/prices';
import { Questions } from './editor/questions';
import { ModelReader } from './editor/reading';
import * as recent from './editor/recent';
import { RememberedDevice } from './editor/rememberedDevice';
import * as replace from './editor/replace';
import { revealOrSay } from './editor/reveal';
import * as rulePages from './editor/rulePages';
import * as rules from './editor/rules';
import { savePicture } from './editor/savePicture';
import { copyReport, saveReport } from './editor/saveReport';
import * as shapeHints from './editor/shapeHints';
import * as shapeHover from './editor/shapeHover';
import { ShapesOffer } from './editor/shapesOffer';
import * as siteActions from './editor/siteActions';
import { SiteRoles } from './editor/siteRoles';
import * as statusItem from './editor/statusItem';
import { language } from './editor/surroundings';
import { chooseWeights } from './editor/weights';
import { speakIn } from './language/speakIn';
import { ComparePanels } from './panel/comparePanels';
import { ExplainPanel } from './panel/explainPanel';
import { HealthPanel } from './panel/healthPanel';
import type { OnnxServices } from './panel/onnxPanel';
import { PricePanel } from './panel/pricePanel';
import type { CompareTarget } from './protocol/model';
import type { ToOnnxPanel } from './protocol/onnx';
import type { StoredComparison } from './protocol/stored';
import type { ModelForm } from './reader/forms';
import { Reader, type ReadPart } from './reader/reader';
import { Readers } from './reader/readers';
import type { StartThread } from './reader/thread';
import { type ReadGrammar, Syntax } from './syntax/syntax';

/** What only a host with a machine of its own has. */
interface Machine {
  readonly resolveLinks: ResolveLinks;
  /** What runs scripts as Node does. */
  readonly command: string;
}

/** Composes the features, alike in the Node host and in the web worker host but for how they start threads. */
export function compose(
  context: vscode.ExtensionContext,
  threads: Readonly<Record<ModelForm, StartThread>>,
  machine?: Machine,
): Api {
  const { extensionUri, globalState, subscriptions, workspaceState } = context;
  speakIn(language());
  const readGrammar: ReadGrammar = (file) =>
    Promise.resolve(vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'dist', 'grammars', file)));
  const documents = new Documents(new Syntax(readGrammar));
  const readPart: ReadPart = (name) =>
    Promise.resolve(vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'dist', 'sealed', name)));
  const startedThreads: ModelForm[] = [];
  const readerOf = (form: ModelForm) => {
    const start: StartThread = (hear, ended) => {
      startedThreads.push(form);
      return threads[form](hear, ended);
    };
    return new Reader(start, readGrammar, language, readPart);
  };
  const thread = new Readers({ python: readerOf('python'), tfjs: readerOf('tfjs'), onnx: readerOf('onnx') });
  const asked = new AskedFiles();
  const writing = new OnnxWriting(thread);
  const previews = new Previews();
  const reader = new ModelReader(documents, thread, new Questions(workspaceState), asked, writing, previews);

  const active = new ActiveModels(documents);
  const prices = new Prices(documents, reader);
  const pricePanel = new PricePanel(extensionUri, measure.services(documents, reader, prices));
  const readings = new ModelReadings(documents, reader);
  const shapes = new DocumentShapes(readings, asked);
  const offer = new ShapesOffer(globalState);
  const store = recent.storeIn(context);
  const results = new LastResults(() => store.all());
  const roles = new SiteRoles(documents, readings, asked, results);
  const beside = new BesideDocuments();
  const reopen = (comparison: StoredComparison) => comparePanels.open(comparison.request, comparison);
  const fileSites = new FileSites(documents, roles, results);
  const device = new RememberedDevice(globalState);
  const healthPanel = new HealthPanel(extensionUri, check.services(reader, device));
  const comparePanels: ComparePanels = new ComparePanels(extensionUri, {
    language,
    read: (request, ask, signal) => reader.read(request, ask, signal),
    readAgain: (request, signal) => reader.readAgain(request, signal),
    find: (key) => store.find(key),
    keep: (comparison) =>
      void store.keep(comparison).then(
        () => results.forget(),
        (error) => fail(recent.describeUnkept(error)),
      ),
    chooseWeights,
    chooseData,
    adapters: new AdapterChecks(globalState, context.extension.packageJSON.version),
    device,
    setting: settingOption,
    curves: drawnFunctions,
    explain: (activation) => explainPanel.show({ activation }),
    reveal: revealOrSay,
    copy: copyReport,
    savePicture,
    save: saveReport,
  });
  const comparing = {
    documents,
    open: (request: CompareTarget, stored?: StoredComparison) => comparePanels.open(request, stored),
    chooseWeights,
    chooseModel: () => chooseModel({ documents, extensionUri, recent: () => store.all() }),
  };
  const explainPanel = new ExplainPanel(extensionUri, {
    language,
    describe,
    inFile: (activation, source) => fileSites.describe(activation, source),
    onDidChangeFile: fileSites.onDidChange,
    column: explainColumn,
    replace: replaceThere,
    showRule,
    reveal: revealOrSay,
    compare: compare.fromExplainer(comparing),
  });

  const agents = new ToolRunner(
    agentHost({
      documents,
      thread,
      asked,
      files: new AgentFiles(machine?.resolveLinks),
      measure: (target, signal) => comparePanels.measure(target, signal),
    }),
  );
  const program = machine && {
    command: machine.command,
    script: vscode.Uri.joinPath(extensionUri, 'dist', 'cli.js'),
  };

  const onnxFiles = new OnnxFileReader(thread, writing);
  const onnxServices: OnnxServices = {
    language,
    label: (file) => vscode.workspace.asRelativePath(file),
    read: (file, sizes, signal) => onnxFiles.read(file, sizes, signal),
    compare: (file, { sites }, input) =>
      comparePanels.open({
        file: file.toString(),
        ...(sites && { sites }),
        ...(input !== undefined && { input }),
      }),
    explain: (activation) => explainPanel.show({ activation }),
  };
  const onnxPosted = new vscode.EventEmitter<ToOnnxPanel>();

  const measuredHints = new MeasuredHints(prices, readings, results);
  subscriptions.push(
    documents,
    thread,
    asked,
    comparePanels,
    comparePanels.onDidReport(() => completeStep('compare')),
    fileSites,
    device,
    previews,
    explainPanel,
    prices,
    pricePanel,
    healthPanel,
    readings,
    results,
    hover.register(documents, roles),
    completions.register(documents),
    diagnostics.register(prices),
    modelAdvice.register(documents, readings, asked),
    hints.register(prices),
    measuredHints,
    offer,
    shapeHints.register(shapes, readings, prices, results),
    shapeHover.register(shapes),
    fixes.register(documents),
    active,
    lenses.register(documents, active, readings, offer),
    statusItem.register(documents, active),
    siteActions.register(documents),
    rulePages.register(extensionUri),
    rules.register(),
    checkWorkspace.register(documents),
    compare.register(comparing),
    check.register({ documents, extensionUri }, (target) => healthPanel.show(target)),
    recent.register(store, reopen),
    comparisonsView.register(store, results, beside, reopen),
    beside,
    explain.register(documents, (target) => explainPanel.show(target)),
    measure.register(documents, (target) => pricePanel.show(target)),
    replace.register(documents),
    openSample.register(extensionUri),
    agentTools.register(agents),
    agentServer.register(program, context.extension.packageJSON.version),
    onnxPosted,
    onnxEditor.register(extensionUri, onnxServices, (message) => onnxPosted.fire(message)),
  );
  return {
    shownAdvice: (document) => prices.shownAdvice(document),
    onDidChangeAdvice: prices.onDidChangeAdvice,
    onDidPostToCompare: comparePanels.onDidPost,
    onDidReport: comparePanels.onDidReport,
    onDidPostToExplain: explainPanel.onDidPost,
    onDidPostToPrice: pricePanel.onDidPost,
    onDidPostToHealth: healthPanel.onDidPost,
    onDidPostToOnnx: onnxPosted.event,
    onDidCheck: healthPanel.onDidCheck,
    onDidMeasure: pricePanel.onDidMeasure,
    measuredHints,
    agents,
    startedThreads: () => startedThreads,
  };
}
