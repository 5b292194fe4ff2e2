import { type NativeFunction, native } from '../python/natives/native';

export const silent: NativeFunction = native('*args, **kwargs', () => null);

export const passThrough: NativeFunction = native('value, *args, **kwargs', (_, args) => args.get('value'));
