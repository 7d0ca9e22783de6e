import { createHash } from 'node:crypto';
import { parseBytesRepr } from '../host/bytes-repr.ts';
import { jsonValue } from '../host/python-text.ts';
import { createRowHasher, createTableHasher, type SqlValue, type TableHasher } from '../sqlite/row-hash.ts';

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
export type RowChain = {
  readonly add: (event: readonly SqlValue[]) => void;
  readonly events: () => number;
  readonly peek: () => LogExtent;
};

/** The chain that can also be given its events as lines, each as `eventLine` writes it. */
export type LogChain = RowChain & {
  readonly addLines: (lines: Uint8Array, events: number) => void;
};

/** Identifies a log up to some event. Two logs with the same number of events and the same chain are equal. */
export type LogExtent = { readonly events: number; readonly chain: string };

/**
 * Hashes what identifies an event on any lineage: id, ts, kind and payload, in this order. Flags such as `hidden` are left
 * out, and bytes count as the text of their repr, because the host's snapshots do not tell the two apart. If two logs have
 * equal chains after the same number of events, these events are equal.
 */
export function createLogChain(): LogChain {
  const chain = createHash('sha256');
  let events = 0;
  return {
    add(event) {
      chain.update(eventLine(event));
      events += 1;
    },
    addLines(lines, count) {
      chain.update(lines);
      events += count;
    },
    events: () => events,
    peek: () => ({ events, chain: chain.copy().digest('hex') }),
  };
}

/**
 * What stands for an event in a log chain: its values as the host writes them, in brackets, on a line of its own. Only of
 * text that cannot be decoded the host loses something, so its bytes stand there in base64 after a tilde.
 */
function eventLine(event: readonly SqlValue[]): string {
  return `[${event.map(valueText).join(', ')}]\n`;
}

function valueText(value: SqlValue): string {
  const isRaw = typeof value === 'object' && value !== null && 'rawText' in value;
  return isRaw ? `~${Buffer.from(value.rawText).toString('base64')}` : jsonValue(value);
}

/**
 * Sums up events by what identifies them, as a chain does, but in any order, and some can be taken out again. The ids are
 * part of it. So two logs with equal sums of as many events are equal.
 */
export function createEventSum(): Omit<TableHasher, 'finish'> {
  const { add, ...sum } = createTableHasher([]);
  return { ...sum, add: (event) => add(event.map(asIdentity)) };
}

/** The chain in notes of format 1: over a hash of each event, in which a text that is the repr of bytes counts as bytes. */
export function createRowChain(): RowChain {
  const chain = createHash('sha256');
  const hashRow = createRowHasher();
  let events = 0;
  return {
    add(event) {
      chain.update(hashRow(event.map(asIdentity)));
      events += 1;
    },
    events: () => events,
    peek: () => ({ events, chain: chain.copy().digest('hex') }),
  };
}
