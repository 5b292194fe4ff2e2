import { type NativeFunction, native } from '../python/natives/native';

/** A function that does nothing a model can see. */
export const silent: NativeFunction = native('*args, **kwargs', () => null);

/** A function, or a decorator, that hands back what it is given. */
export const passThrough: NativeFunction = native('value, *args, **kwargs', (_, args) => args.get('value'));
