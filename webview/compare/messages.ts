import type { Report } from '../../src/compare/report';
import type { ToComparePanel } from '../../src/protocol/compare';
import type { RunEvent } from '../../src/run/protocol';
import { isOptionalString, isParameters, isRecord, isSourceRange, isStringArray } from '../ui/api';

/** Whether what the host sent has the shape that the protocol promises. */
export function isHostMessage(data: unknown): data is ToComparePanel {
  if (!isRecord(data)) return false;
  const kind = data.type as ToComparePanel['type'];
  switch (kind) {
    case 'model':
      return isModel(data);
    case 'unreadable':
      return (
        Array.isArray(data.obstacles) &&
        data.obstacles.every(isObstacle) &&
        Array.isArray(data.parts) &&
        data.parts.every((part) => isRecord(part) && typeof part.path === 'string' && typeof part.name === 'string') &&
        isStringArray(data.models)
      );
    case 'data':
      return data.data === undefined || isChosenData(data.data);
    case 'stale':
    case 'reading':
      return true;
    case 'applied':
      return typeof data.activation === 'string' && typeof data.edits === 'number';
    case 'refused':
      return typeof data.message === 'string';
    case 'resources':
      return typeof data.wasm === 'string' && typeof data.worker === 'string';
    default: {
      kind satisfies never;
      return false;
    }
  }
}

function isModel(data: Record<string, unknown>): boolean {
  return (
    isGraph(data.graph) &&
    (data.batched === undefined || isGraph(data.batched)) &&
    typeof data.expression === 'string' &&
    isOptionalString(data.part) &&
    typeof data.file === 'string' &&
    typeof data.label === 'string' &&
    typeof data.inputOrigin === 'string' &&
    Array.isArray(data.sites) &&
    data.sites.every(isSite) &&
    isStringArray(data.selected) &&
    Array.isArray(data.candidates) &&
    data.candidates.every(isCandidate) &&
    typeof data.budget === 'number' &&
    typeof data.autostart === 'boolean' &&
    isStringArray(data.models) &&
    isOptionalString(data.text) &&
    (data.weights === undefined || isWeights(data.weights))
  );
}

function isChosenData(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.label === 'string' &&
    Array.isArray(value.files) &&
    value.files.every((file) => isRecord(file) && typeof file.path === 'string' && typeof file.uri === 'string')
  );
}

function isObstacle(value: unknown): boolean {
  return (
    isRecord(value) && typeof value.message === 'string' && (value.source === undefined || isSourceRange(value.source))
  );
}

function isWeights(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.file === 'string' &&
    typeof value.label === 'string' &&
    typeof value.matched === 'number' &&
    typeof value.total === 'number' &&
    isStringArray(value.problems) &&
    isOptionalString(value.uri)
  );
}

/** The outline of a graph; its inside is the runner's to check. */
function isGraph(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    [value.inputs, value.outputs, value.values, value.nodes, value.storages, value.state, value.notes].every(
      Array.isArray,
    )
  );
}

function isSite(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.activation === 'string' &&
    isParameters(value.parameters) &&
    isStringArray(value.paths) &&
    Array.isArray(value.nodes) &&
    (value.source === undefined || isSourceRange(value.source))
  );
}

function isCandidate(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.activation === 'string' &&
    typeof value.title === 'string' &&
    isParameters(value.parameters) &&
    typeof value.selected === 'boolean'
  );
}

/** Whether what the worker sent is an event of the run. */
export function isRunEvent(data: unknown): data is RunEvent {
  if (!isRecord(data)) return false;
  const kind = data.type as RunEvent['type'];
  switch (kind) {
    case 'progress':
      return (
        typeof data.stage === 'string' &&
        isOptionalString(data.candidate) &&
        typeof data.done === 'number' &&
        typeof data.total === 'number' &&
        (data.remaining === undefined || typeof data.remaining === 'number')
      );
    case 'checked':
      return isRecord(data.check) && typeof data.check.adapter === 'string' && isOptionalString(data.check.problem);
    case 'report':
    case 'done':
      return isReport(data.report);
    case 'error':
      return typeof data.message === 'string';
    default: {
      kind satisfies never;
      return false;
    }
  }
}

/** Whether a value has the outline of a report: also asked of what an older version of the panel saved. */
export function isReport(value: unknown): value is Report {
  return (
    isRecord(value) &&
    value.version === 1 &&
    typeof value.created === 'string' &&
    typeof value.complete === 'boolean' &&
    isRecord(value.model) &&
    typeof value.model.name === 'string' &&
    Array.isArray(value.model.inputs) &&
    isRecord(value.environment) &&
    typeof value.environment.backend === 'string' &&
    isRecord(value.plan) &&
    Array.isArray(value.plan.sites) &&
    Array.isArray(value.candidates) &&
    value.candidates.every(
      (candidate) =>
        isRecord(candidate) &&
        typeof candidate.id === 'string' &&
        typeof candidate.title === 'string' &&
        isParameters(candidate.parameters) &&
        (candidate.latency === undefined || isRecord(candidate.latency)) &&
        (candidate.signal === undefined || Array.isArray(candidate.signal)),
    )
  );
}
