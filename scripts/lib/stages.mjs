// A run in stages, each counted and timed, with one sum at the end.

/**
 * @typedef {{ passed: number, failed: number, failing?: readonly string[] }} Counts `failing`: what failed, a line each
 * @param {readonly (readonly [name: string, body: () => Promise<Counts | boolean | number>])[]} stages a stage gives
 * counts, or whether it went well (a boolean or an exit code), which counts as one
 * @returns {Promise<number>} the exit code
 */
export async function runStages(stages) {
  const results = [];
  for (const [name, body] of stages) {
    console.log(`\n── ${name}`);
    const start = performance.now();
    const outcome = await body().catch((error) => {
      console.error(error);
      return false;
    });
    const well = outcome === true || outcome === 0;
    const counts = typeof outcome === 'object' ? outcome : { passed: well ? 1 : 0, failed: well ? 0 : 1 };
    results.push({ name, ...counts, seconds: (performance.now() - start) / 1000 });
  }
  console.log('\n── summary');
  for (const { name, passed, failed, seconds } of results)
    console.log(`${name.padEnd(12)} ${`${seconds.toFixed(1)} s`.padStart(9)}  ${passed} passed, ${failed} failed`);
  // Again at the end, since a log of thousands of lines is read from there.
  for (const { name, failing = [] } of results) for (const line of failing) console.log(`failed in ${name}: ${line}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') ? 1 : 0;
}
