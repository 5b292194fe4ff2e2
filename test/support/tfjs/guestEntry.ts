/** What tests use of the guest: the library on a backend without data, and the recorder. */

export { kernelsRead } from '../../../src/tfjs/guest/kernels';
export { modelOf, tf } from '../../../src/tfjs/guest/library';
export { record } from '../../../src/tfjs/guest/record';
