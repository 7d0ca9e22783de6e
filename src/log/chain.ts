import { createHash } from 'node:crypto';
import { parseBytesRepr } from '../host/bytes-repr.ts';
import { createRowHasher, type SqlValue } from '../sqlite/row-hash.ts';

const hashEvent = createRowHasher();

/** The hash of an event's identity, which is given as `readEvents` yields it. */
export function fingerprintEvent(event: readonly SqlValue[]): string {
  return hashEvent(event.map(asIdentity)).toString('hex');
}

/** In the host's snapshots bytes look the same as the text of their repr, so both must have the same identity. */
function asIdentity(value: SqlValue): SqlValue {
  return typeof value === 'string' ? (parseBytesRepr(value) ?? value) : value;
}

/** A running hash over the events of a log, in the order of their ids. It can be read after any event. */
export type LogChain = {
  readonly add: (event: readonly SqlValue[]) => void;
  readonly peek: () => { readonly chain: string; readonly events: number };
};

/**
 * Hashes what identifies an event on any lineage: id, ts, kind and payload, in this order. Flags such as `hidden` are left
 * out, and a text that is the repr of bytes counts as those bytes. If two logs have equal chains after the same number of
 * events, these events are equal.
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

/** Identifies a log up to some event. Two logs with the same number of events and the same chain are equal. */
export type LogExtent = { readonly events: number; readonly chain: string };
