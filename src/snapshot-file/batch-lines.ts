import { CLOSING_BRACKET, COMMA, LINE_END, OPENING_BRACKET, SPACE } from '../host/ascii-codes.ts';
import { jsonReal } from '../host/python-text.ts';
import type { LogChain } from '../log/chain.ts';
import { createIdentifier, type Identity } from '../log/events.ts';
import { KIND } from './plain-tokens.ts';
import type { RowBatch } from './row-batch.ts';

/** Adds the rows of a batch from `from` to before `to` to a chain. False if they lack a column that identifies events. */
export type BatchFeeder = (chain: LogChain, batch: RowBatch, range: { from: number; to: number }) => boolean;

/** The most bytes of a real, and of what stands around a value or a line. */
const BYTES_AROUND = 32;

/**
 * Makes the function that adds the events of a snapshot's log to a chain. Where a batch is plain and its texts are written
 * as ours, the bytes of its values are the chain's own, so no value is made. The chain is the same either way.
 */
export function createBatchFeeder(identity: Identity): BatchFeeder {
  let lines = Buffer.alloc(0);
  return (chain, batch, { from, to }) => {
    const { places, whole, pick } = createIdentifier(identity, batch.columns);
    if (!whole) return false;
    const { text, spans, kinds, canonical } = batch;
    if (text === null || spans === null || kinds === null || !canonical) {
      for (const row of batch.rows().slice(from, to)) chain.add(pick(row));
      return true;
    }
    const most = text.length + (to - from) * (places.length + 1) * BYTES_AROUND;
    if (lines.length < most) lines = Buffer.allocUnsafeSlow(most);
    const width = batch.columns.length * 2;
    const reals = places.map((place) => place !== null && ((kinds[place] ?? 0) & KIND.REAL) !== 0);
    let at = 0;
    for (let row = from; row < to; row += 1) {
      lines[at] = OPENING_BRACKET;
      at += 1;
      for (let index = 0; index < places.length; index += 1) {
        if (index > 0) {
          lines[at] = COMMA;
          lines[at + 1] = SPACE;
          at += 2;
        }
        const span = row * width + (places[index] ?? 0) * 2;
        const begin = spans[span] ?? 0;
        const end = spans[span + 1] ?? 0;
        if (places[index] === null) at += lines.write('null', at, 'latin1');
        else if (reals[index] === true)
          at += lines.write(asWritten(text.toString('latin1', begin, end)), at, 'latin1');
        else if (end - begin > FEW_BYTES) at += text.copy(lines, at, begin, end);
        else
          for (let place = begin; place < end; place += 1) {
            lines[at] = text[place] ?? 0;
            at += 1;
          }
      }
      lines[at] = CLOSING_BRACKET;
      lines[at + 1] = LINE_END;
      at += 2;
    }
    chain.addLines(lines.subarray(0, at), to - from);
    return true;
  };
}

/** A loop copies fewer bytes faster than the call does. */
const FEW_BYTES = 48;

/** A token as we write it. */
function asWritten(token: string): string {
  return /^[^"]*[.eE]/.test(token) ? jsonReal(Number(token)) : token;
}
