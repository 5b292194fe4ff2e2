// Names the tests that take long: what comes near its limit here fails on a slower machine.
export const mochaHooks = {
  /** @this {import('mocha').Context} */
  afterEach() {
    const { currentTest: test } = this;
    if (test?.state === 'passed' && test.duration > test.timeout() / 2)
      console.log(`took ${Math.round(test.duration / 1000)} s of ${test.timeout() / 1000} s: ${test.fullTitle()}`);
  },
};
