import { type CompareRequests, compareRequests, type FromComparePanel } from '../../src/protocol/compare';
import { type Ok, type Reply, RequestError, type RequestParameters, Requests } from '../../src/protocol/requests';

/**
 * The page's questions to its host.
 * @param fail says why there is no answer: the host's reason; undefined where it gave none
 */
export function asking(
  post: (message: FromComparePanel) => void,
  fail: (type: keyof CompareRequests, reason: string | undefined) => void,
) {
  const requests = new Requests(compareRequests, post);
  /** Gives up the reading that was asked for last: another one takes its place. */
  let giveUpReading = new AbortController();

  async function ask<K extends keyof CompareRequests>(
    type: K,
    parameters: RequestParameters<CompareRequests, K>,
  ): Promise<Ok<CompareRequests, K> | undefined> {
    if (type === 'read') {
      giveUpReading.abort();
      giveUpReading = new AbortController();
    }
    try {
      return await requests.ask(type, parameters, type === 'read' ? giveUpReading.signal : undefined);
    } catch (error) {
      // Otherwise it was given up.
      if (error instanceof RequestError) fail(type, error.reason === 'refused' ? error.message : undefined);
      return undefined;
    }
  }

  return { ask, receive: (reply: Reply) => requests.receive(reply) };
}
