import type { ChatFields, ChatKey, Profile } from '../host/profile.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import { type EventPlace, orderColumn, placeOfEvent } from './event-order.ts';
import { shownTime } from './last-time.ts';
import { firstText, parseJson, parsePayload } from './payload.ts';

const FIELD_LISTS = [
  'payloadChat',
  'payloadSpeaker',
  'payloadText',
  'payloadTime',
  'payloadTarget',
  'payloadEvent',
] as const;

/** Which fields mean what, whether the profile says so or they were guessed. */
export type EventFields = Pick<ChatFields, (typeof FIELD_LISTS)[number] | 'chatKey'>;

/** Fields that find nothing. */
export const NO_FIELDS: EventFields = {
  ...{ payloadChat: [], payloadSpeaker: [], payloadText: [], payloadTime: [] },
  ...{ payloadTarget: [], payloadEvent: [], chatKey: null },
};

/** One event as a person reads it. */
export type ReadEvent = {
  /** As it is stored. Null for ids that are neither a number nor a text. */
  readonly id: bigint | string | null;
  /** Where it stands among the other events. */
  readonly order: EventPlace;
  readonly branch: string | null;
  readonly ts: string | null;
  readonly kind: string | null;
  readonly chat: string | null;
  readonly speaker: string | null;
  readonly text: string | null;
  /** The payload as it is stored. Where the log has no payload, its other columns as JSON. */
  readonly payload: string | null;
  readonly isRewind: boolean;
  /** In the record of a rewind: the id of the last event that stays. */
  readonly target: string | null;
  /** The id of the event that this one says it belongs to. */
  readonly belongsTo: string | null;
};

export type EventReader = {
  /** The columns of the log to read, in the order in which `read` wants their values. */
  readonly columns: readonly string[];
  /** Reads one event. Integers must be bigints. */
  readonly read: (values: readonly unknown[]) => ReadEvent;
};

/** Makes the reader of a log's events. `available`: the columns that the log has. */
export function createEventReader(
  profile: Profile,
  fields: EventFields,
  available: readonly string[],
): EventReader {
  const { id, branch, ts, kind, payload, hidden, supersededBy } = profile.log.columns;
  const order = orderColumn(profile);
  const fixed = [id, branch, ts, kind, payload, order].map((name) => available[placeOfName(available, name)]);
  const known = new Set([id, branch, ts, kind, payload, hidden, supersededBy].map(foldName));
  const named = new Set(
    FIELD_LISTS.flatMap((list) => fields[list]).flatMap((field) => [
      foldName(field),
      foldName(firstStep(field)),
    ]),
  );
  const hasPayload = fixed[4] !== undefined;
  const isOpaque = profile.log.payloadForm === 'opaque';
  const opaque = isOpaque ? foldName(payload) : null;
  // A field may be a column of the log. Without a payload, the other columns are what an event holds.
  const extra = available.filter(
    (name) => named.has(foldName(name)) || (!hasPayload && !known.has(foldName(name))),
  );
  const columns = [...new Set([...fixed.flatMap((name) => name ?? []), ...extra])];
  const places = fixed.map((name) => (name === undefined ? -1 : columns.indexOf(name)));
  const extraPlaces = extra.map((name) => [foldName(name), columns.indexOf(name)] as const);

  return {
    columns,
    read(values) {
      const [storedId, storedBranch, storedTs, storedKind, storedPayload, storedPlace] = places.map(
        (place) => (place === -1 ? null : values[place]),
      );
      const storedTime = profile.log.timeInId === null ? storedTs : storedId;
      const members = isOpaque ? NO_MEMBERS : parsePayload(storedPayload);
      const row = new Map(extraPlaces.map(([name, place]) => [name, plainOf(values[place])]));
      const find = (names: readonly string[]) => {
        const [name] = names;
        if (name === undefined) return null;
        return firstText(members, names) ?? (row.size === 0 ? null : textInRow(row, names, opaque));
      };
      const eventKind = asText(storedKind);
      const isRewind = eventKind !== null && profile.chat.rewindKinds.includes(eventKind);
      return {
        id: typeof storedId === 'bigint' ? storedId : asText(storedId),
        order: placeOfEvent(storedPlace, profile),
        branch: asText(storedBranch),
        ts: find(fields.payloadTime) ?? shownTime(asText(storedTime), profile.log),
        kind: eventKind,
        chat: chatInKey(find(fields.payloadChat), fields.chatKey),
        speaker: find(fields.payloadSpeaker),
        text: find(fields.payloadText),
        payload: hasPayload ? asText(storedPayload) : rowAsJson(row),
        isRewind,
        target: isRewind ? find(fields.payloadTarget) : null,
        belongsTo: isRewind ? null : find(fields.payloadEvent),
      };
    },
  };
}

/** The name of the first member on a path. */
export function firstStep(field: string): string {
  return (field.split('.')[0] ?? '').replace(/\[\]$/, '');
}

/** The chat that a key names; null where it names none. Without a form of keys, what was found is the chat. */
export function chatInKey(found: string | null, key: ChatKey | null): string | null {
  if (found === null || key === null) return found;
  if (!found.startsWith(key.prefix)) return null;
  const rest = found.slice(key.prefix.length);
  const end = rest.indexOf(key.separator);
  const chat = end === -1 ? rest : rest.slice(0, end);
  return chat === '' ? null : chat;
}

const NO_MEMBERS: ReadonlyMap<string, unknown> = new Map();

/** As `firstText`, in the columns of a log. A path leads into a column that holds JSON, but never into the opaque one. */
function textInRow(
  row: ReadonlyMap<string, unknown>,
  fields: readonly string[],
  opaque: string | null,
): string | null {
  for (const field of fields) {
    const whole = firstText(row, [foldName(field)]);
    if (whole !== null) return whole;
    const column = firstStep(field);
    if (column === field || foldName(column) === opaque) continue;
    const found = firstText(new Map([[column, parseJson(row.get(foldName(column)))]]), [field]);
    if (found !== null) return found;
  }
  return null;
}

/** A stored value as text; null for NULL and bytes. */
function asText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : null;
}

function plainOf(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function rowAsJson(row: ReadonlyMap<string, unknown>): string {
  const members = [...row].map(
    ([name, value]) => [name, value instanceof Uint8Array ? '(bytes)' : value] as const,
  );
  return JSON.stringify(Object.fromEntries(members));
}
