/** Members of classes: TypeScript's own left out, parameters that are fields set where TypeScript sets them. */
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';
import type { PartWriter } from './partWriter';
import { boundNames } from './scopes';

/** Writes the members of a class. */
export function emitClassBody(body: CodePart, writer: PartWriter): void {
  const kept = keptFields(body, writer);
  for (const member of body.children) {
    if (member.type === 'public_field_definition') emitField(member, kept, writer);
    else if (member.type === 'method_definition') emitMethod(member, kept, writer);
    else writer.emit(member);
  }
}

/**
 * Fields whose first values read what the constructor's parameters set: TypeScript sets those before, JavaScript after.
 * Their values become methods, which the constructor calls.
 */
function keptFields(body: CodePart, writer: PartWriter): ReadonlySet<CodePart> {
  const maker = constructorOf(body, writer);
  const list = maker ? parameterProperties(maker) : [];
  if (list.length === 0) return new Set();
  return new Set(
    partsOf(body).filter((each) => {
      const value = each.type === 'public_field_definition' ? fieldOf(each, 'value') : undefined;
      const isStatic = childOf(each, 'static') !== undefined;
      return value && !isStatic && /\bthis\b/.test(writer.textOf(value));
    }),
  );
}

function emitField(member: CodePart, kept: ReadonlySet<CodePart>, writer: PartWriter): void {
  const value = fieldOf(member, 'value');
  const name = fieldOf(member, 'name');
  const isAbsent = member.children.some(({ type }) => type === 'declare' || type === 'abstract');
  const isPrivate = name?.type === 'private_property_identifier';
  if (!name || isAbsent || (!value && writer.module.isTypeScript && !isPrivate)) {
    for (const each of member.children) if (each.type === 'decorator') writer.note('decorator', each);
    // What stands before must end, whatever comes next.
    writer.output.to(member.start);
    writer.output.put(';');
    writer.output.blank(member.end);
    return;
  }
  if (value && kept.has(member)) {
    writer.output.to(member.start);
    writer.output.put(`__lens_field${member.start}(){return (`);
    writer.output.drop(value.start);
    writer.emit(value);
    writer.output.to(value.end);
    writer.output.put(')}');
    return;
  }
  const isAccessor = member.children.some(({ type }) => type === 'accessor');
  if (isAccessor) writer.output.to(member.start);
  writer.emitWithout(member, /^(readonly|\?|!|accessor)$/);
  writer.output.to(member.end);
  if (writer.module.text[member.end - 1] !== ';') writer.output.put(';');
}

function emitMethod(member: CodePart, kept: ReadonlySet<CodePart>, writer: PartWriter): void {
  const body = fieldOf(member, 'body');
  if (!body) {
    writer.blank(member);
    return;
  }
  const isConstructor = textOfName(member, writer) === 'constructor';
  if (isConstructor) {
    const names = parameterProperties(member).map((each) => writer.textOf(each));
    const fields = Array.from(kept, (each) => {
      const name = fieldOf(each, 'name');
      const access = name?.type === 'private_property_identifier' || name?.type === 'property_identifier';
      const key = name && (access ? `.${writer.textOf(name)}` : `[${writer.textOf(name).replace(/^\[|\]$/g, '')}]`);
      return `this${key}=this.__lens_field${each.start}();`;
    });
    const text = [...names.map((name) => `this.${name}=${name};`), ...fields].join('');
    if (text !== '') insertBehindSuper(member, body, text, writer);
  }
  writer.emitWithout(member, /^(\?|readonly)$/);
}

function insertBehindSuper(member: CodePart, body: CodePart, text: string, writer: PartWriter): void {
  const call = partsOf(body).find((each) => {
    const [expression] = each.type === 'expression_statement' ? partsOf(each) : [];
    return expression?.type === 'call_expression' && fieldOf(expression, 'function')?.type === 'super';
  });
  if (call) writer.insertBehind(call, text);
  else writer.atStart(member, text.replace(/;$/, ''));
}

function textOfName(member: CodePart, { module }: PartWriter): string {
  const name = fieldOf(member, 'name');
  return name ? module.text.slice(name.start, name.end) : '';
}

function constructorOf(body: CodePart, writer: PartWriter): CodePart | undefined {
  return partsOf(body).find(
    (each) => each.type === 'method_definition' && fieldOf(each, 'body') && textOfName(each, writer) === 'constructor',
  );
}

/** The names of a constructor's parameters that are fields, too. */
function parameterProperties(maker: CodePart): CodePart[] {
  return partsOf(fieldOf(maker, 'parameters')).flatMap((each) => {
    const isField = each.children.some(({ type }) =>
      /^(accessibility_modifier|readonly|override_modifier)$/.test(type),
    );
    return isField ? boundNames(fieldOf(each, 'pattern')) : [];
  });
}
