import { holdSource } from '../../support/tfjs/heldSource';
import { sourceCases } from '../../support/tfjs/sources';

describe('models in files, as the library has them', () => {
  for (const each of sourceCases) {
    const { file, asked } = each;
    it(asked ? `${file}: ${asked}` : file, () => holdSource(each));
  }
});
