import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromHalf, toHalf } from '../../src/graph/half';

describe('half precision', () => {
  it('keeps every half', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromHalf(bits);
      if (Number.isNaN(value)) assert.equal(toHalf(value) & 0x7e00, 0x7e00);
      else assert.equal(toHalf(value), bits);
    }
  });

  it('takes the nearest, the even one of two', () => {
    const single = fc.float({ noNaN: true, min: Math.fround(-70000), max: Math.fround(70000) });
    fc.assert(
      fc.property(single, (value) => {
        const bits = toHalf(value);
        const own = Math.abs(fromHalf(bits) - value);
        if (!Number.isFinite(fromHalf(bits))) return assert.ok(Math.abs(value) >= 65520);
        for (const other of [bits - 1, bits + 1]) {
          const distance = Math.abs(fromHalf(other & 0xffff) - value);
          if ((other & 0x7fff) < 0x7c00 && (other ^ bits) < 0x8000 && Math.sign(value) !== 0)
            assert.ok(own < distance || (own === distance && bits % 2 === 0) || Number.isNaN(distance), `${value}`);
        }
      }),
      { numRuns: 2000 },
    );
    assert.equal(fromHalf(toHalf(1e9)), Number.POSITIVE_INFINITY);
    assert.equal(toHalf(65519), 0x7bff);
  });
});
