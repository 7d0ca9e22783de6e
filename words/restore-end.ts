import type { KnownOutcome } from '../src/model/receipt.ts';
import type { Message } from './failure.ts';

/**
 * How a restore ended that could not report it: the core `stopped`, or an error was reported at the very last step. Others may
 * have written since, so nothing is said of what the database holds now.
 */
export function restoreEndWords(
  outcome: KnownOutcome,
  stopped: boolean,
): Pick<Message, 'title' | 'happened' | 'unharmed'> {
  const happened = stopped
    ? 'A part of Snapback stopped unexpectedly. It was started again.'
    : 'An error was reported at the very last step, so the database was looked at again.';
  return outcome === 'made'
    ? { title: 'It was finished', happened, unharmed: 'Everything was done as planned, and verified.' }
    : {
        title: 'It was stopped before it was finished',
        happened,
        unharmed: 'It changed nothing in the database.',
      };
}
