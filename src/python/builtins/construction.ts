/** What the constructors of containers share. */
import { native } from '../natives/native';
import { PyClass, type PyValue } from '../values/values';

/** The subclass that an instance is made of; undefined for the plain class itself. */
export function ownClass(cls: PyValue, plain: string): PyClass | undefined {
  return cls instanceof PyClass && cls.name !== plain ? cls : undefined;
}

/** `__init__` of what `__new__` has filled already. */
export const skip = native('self, *args, **kwargs', () => null);
