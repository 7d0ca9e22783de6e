import { createHash } from 'node:crypto';
import { parseBytesRepr } from '../host/bytes-repr.ts';
import { createRowHasher, type SqlValue } from '../sqlite/row-hash.ts';

const hashEvent = createRowHasher();

/** Hash of an event's identity, given as `readEvents` yields it. */
export function fingerprintEvent(event: readonly SqlValue[]): string {
  return hashEvent(event.map(asIdentity)).toString('hex');
}

/** The host's snapshots do not tell bytes from their textual form, so an event's identity does not either. */
function asIdentity(value: SqlValue): SqlValue {
  return typeof value === 'string' ? (parseBytesRepr(value) ?? value) : value;
}

/** A running hash over an event log in the order of its ids, which can be read after any event. */
export type LogChain = {
  readonly add: (event: readonly SqlValue[]) => void;
  readonly peek: () => { readonly chain: string; readonly events: number };
};

/**
 * Hashes what makes an event the same event on another lineage: id, ts, kind and payload, in this order. Flags such as
 * `hidden` are not part of it, and a text that is the repr of bytes counts as these bytes. Logs with equal chains after equally many events are prefixes of one another.
 */
export function createLogChain(): LogChain {
  const chain = createHash('sha256');
  const hashRow = createRowHasher();
  let events = 0;
  return {
    add(event) {
      chain.update(hashRow(event.map(asIdentity)));
      events += 1;
    },
    peek: () => ({ chain: chain.copy().digest('hex'), events }),
  };
}

/** Identifies a log up to some event: equal chains after equally many events mean equal logs. */
export type LogExtent = { readonly events: number; readonly chain: string };
