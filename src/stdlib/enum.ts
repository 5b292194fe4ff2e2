import { AUTO, enumFromNames, enumMembers, flagMembers, valuedMembers } from '../python/builtins/enumeration';
import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyClass, PyInstance, type PyValue } from '../python/values/values';
import { passThrough } from './shared';

export function enumModule(ctx: Context): Record<string, PyValue> {
  const { int, str, object } = ctx.classes;
  const Enum = nativeClass('Enum', [object], enumMembers(false), 'enum');
  Enum.members.set(
    '__new__',
    native('cls, value, names=None, **kwargs', (_, args) => {
      const cls = args.get('cls');
      if (!(cls instanceof PyClass) || args.isNone('names')) return new PyInstance(cls instanceof PyClass ? cls : Enum);
      return enumFromNames(ctx, cls, args.string('value'), args.get('names'));
    }),
  );
  const valuedClass = (name: string, bases: PyClass[]): PyClass => nativeClass(name, bases, valuedMembers(), 'enum');
  const Flag = nativeClass('Flag', [Enum], flagMembers(ctx), 'enum');
  return {
    Enum,
    IntEnum: valuedClass('IntEnum', [int, Enum]),
    StrEnum: valuedClass('StrEnum', [str, Enum]),
    Flag,
    IntFlag: nativeClass('IntFlag', [int, Flag], { ...enumMembers(true), ...flagMembers(ctx) }, 'enum'),
    EnumMeta: ctx.classes.type,
    auto: native('', () => AUTO),
    unique: passThrough,
  };
}
