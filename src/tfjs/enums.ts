import { type CodePart, fieldOf } from './nodes';
import type { PartWriter } from './partWriter';

/** Words that can't name a constant. */
const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

/** An enumeration inside of a function. */
export function emitEnumeration(part: CodePart, writer: PartWriter): void {
  const name = fieldOf(part, 'name');
  if (!name) return;
  writer.output.to(part.start);
  writer.output.put(`var ${writer.textOf(name)}=${writer.textOf(name)}||{};`);
  enumerate(part, writer);
}

/** The call that fills an enumeration's object. */
export function enumerate(part: CodePart, writer: PartWriter): void {
  const body = fieldOf(part, 'body');
  const name = fieldOf(part, 'name');
  if (!body || !name) return;
  writer.output.to(part.start);
  writer.output.put(`__lens.enum(${writer.textOf(name)},__lens_m=>{`);
  writer.output.drop(body.start + 1);
  for (const member of body.children) {
    if (member.type === 'comment') continue;
    if (!member.isNamed) {
      writer.output.to(member.start);
      writer.output.drop(member.end);
      continue;
    }
    const key = member.type === 'enum_assignment' ? fieldOf(member, 'name') : member;
    const value = member.type === 'enum_assignment' ? fieldOf(member, 'value') : undefined;
    if (!key) continue;
    const written = writer.textOf(key);
    const isWord = key.type === 'property_identifier';
    const quoted = isWord ? JSON.stringify(written) : written.replace(/^\[|\]$/g, '');
    const own = isWord ? written : /^(['"`])([A-Za-z_$][\w$]*)\1$/.exec(quoted)?.[2];
    writer.output.to(member.start);
    writer.output.put(`${own && !reserved.has(own) ? `const ${own}=` : ''}__lens_m(${quoted}`);
    if (value) {
      writer.output.put(',');
      writer.output.drop(value.start);
      writer.emit(value);
      writer.output.to(value.end);
    } else writer.output.drop(member.end);
    writer.output.put(');');
  }
  writer.output.put('});');
}
