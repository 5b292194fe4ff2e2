import type { Advice } from '../../advise/advice';
import { advise, type FileAdviseOptions } from '../../advise/engine';
import { adviseModels } from '../../advise/models/adviseModels';
import { answersOf } from '../../advise/models/answers';
import { mayComputeLoss, type Neighbours } from '../../advise/neighbours';
import { CodeTexts } from '../../advise/texts';
import { listModels } from '../../extract/models';
import type { Fault } from '../../graph/fault';
import { type CertainModel, certainModel } from '../../reader/certain';
import { LibrarySource } from '../../source/libraries';
import { NotebookSource } from '../../source/notebookSource';
import { OverlaidSource } from '../../source/overlaid';
import type { SourceText } from '../../source/source';
import { projectCallers } from '../callers';
import type { CliHost } from '../host';
import { librariesFor } from '../libraries';

/** Models of one file that are read, likeliest first. */
const MODELS = 8;
/** Milliseconds for one model. */
const LONGEST = 5000;

/** The models of a text that could be read, and what others of them end in. */
interface FoundModels {
  readonly models: readonly CertainModel[];
  readonly faults: readonly Fault[];
}

/** Advice from the syntax of files and from the graphs of their models. What can't be read is passed over, and counted. */
export class LintModels {
  /** Models that were tried, and those of them that were read. */
  tried = 0;
  read = 0;
  private readonly callers = projectCallers();
  private readonly known = new Map<string, { readonly text: string; readonly models: Promise<FoundModels> }>();

  constructor(private readonly host: CliHost) {}

  /** What the rules find in a text and in its models, those told first that the text alone shows. */
  async advise(text: SourceText, neighbours: Neighbours, options: FileAdviseOptions): Promise<Advice[]> {
    const { models: own, faults } = await this.of(text);
    const texts = new CodeTexts([...neighbours.texts, text]);
    const isNear = (file: string) => file === text.file || neighbours.texts.some((each) => each.file === file);
    const answers = answersOf([...own, ...(await this.importedModels(text, neighbours))], texts, isNear);
    const known = await advise(this.host.syntax, text, {
      ...options,
      findNeighbours: async () => neighbours,
      answers,
    });
    const isOwn = (file: string) => file === text.file;
    const { settings = {} } = options;
    return [...known, ...adviseModels(own, { settings, texts, isOwn, known, faults })];
  }

  /** The models of what a text with a loss imports: it may call them. */
  private async importedModels(text: SourceText, { texts, users }: Neighbours): Promise<CertainModel[]> {
    const found: CertainModel[] = [];
    if (!mayComputeLoss(text.text)) return found;
    const others = texts.filter(({ file }) => file !== text.file && !users.some((each) => each.file === file));
    for (const each of others) found.push(...(await this.of(each)).models);
    return found;
  }

  /** The models of a text, which need not be what its file holds; each text's are read once. */
  private of(text: SourceText): Promise<FoundModels> {
    const known = this.known.get(text.file);
    if (known?.text === text.text) return known.models;
    const models = this.readAll(text);
    this.known.set(text.file, { text: text.text, models });
    return models;
  }

  private async readAll(text: SourceText): Promise<FoundModels> {
    const { syntax, source: disk, reader } = this.host;
    const own = new OverlaidSource(new NotebookSource(disk), text);
    const source = new LibrarySource(own, await librariesFor(text.file, []));
    const models: CertainModel[] = [];
    const faults: Fault[] = [];
    for (const candidate of (await listModels(syntax, text)).slice(0, MODELS)) {
      const request = { file: text.file, expression: candidate.expression, budget: { milliseconds: LONGEST } };
      this.tried++;
      // What a host refuses of one model stands in the way of no other.
      const read = await reader.read(request, { source, callers: this.callers }).catch(() => undefined);
      if (read?.extraction.ok) this.read++;
      const model = read && certainModel(read.extraction, candidate);
      if (model) models.push(model);
      if (read?.extraction.fault) faults.push(read.extraction.fault);
    }
    return { models, faults };
  }
}
