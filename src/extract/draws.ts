import { isRandom } from '../graph/initialise';
import type { Graph, Note } from '../graph/types';
import { say } from '../language/say';

/** What a reader should know of values that are drawn and that no checkpoint holds: PyTorch draws others. */
export function drawNotes({ storages, state }: Graph): readonly Note[] {
  const held = new Set(state.flatMap(({ storage, persistent }) => (persistent ? [storage] : [])));
  const drawn = storages.filter(({ initialiser }, id) => !held.has(id) && isRandom(initialiser));
  const notes: Note[] = [];
  if (drawn.some(({ redrawn }) => !redrawn)) {
    notes.push({
      message: say(
        'The model keeps random values that its checkpoint does not hold: PyTorch draws others, with a seed, too',
      ),
    });
  }
  if (drawn.some(({ redrawn }) => redrawn)) {
    notes.push({ message: say('The model draws random values whenever it runs: PyTorch draws others') });
  }
  return notes;
}
