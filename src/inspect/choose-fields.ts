import { defaultProfile, type Profile } from '../host/profile.ts';
import { createEventReader, type EventFields, type ReadEvent } from '../log/event-reader.ts';
import { parseJson, parsePayload } from '../log/payload.ts';
import type { FieldCandidate, FieldChoice, FieldCorrection, FieldMeaning } from '../model/conversation.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import { candidatesOf, guessField, type Sample, sampleOf } from './guess-fields.ts';

/** Some events of a log: its columns, and rows of them in that order. Integers are bigints. */
export type LogSample = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
};

export type ChosenFields = {
  readonly fields: EventFields;
  readonly choices: readonly FieldChoice[];
  readonly candidates: readonly FieldCandidate[];
};

/** The key of a profile that says which fields have a meaning. */
export const KEYS = {
  chat: 'payloadChat',
  speaker: 'payloadSpeaker',
  text: 'payloadText',
  time: 'payloadTime',
} as const satisfies { readonly [M in FieldMeaning]: keyof EventFields };
/** The text first: the others are looked for in the events that say something. */
const MEANINGS = ['text', 'chat', 'speaker', 'time'] as const;
/** What only the default profile says gives way to a guess that fits so many times as many events. */
const CLEARLY_MORE = 2;

/** Which fields mean what in these events: as a person says, else as the profile says where that finds anything, else guessed. */
export function chooseFields(
  profile: Profile,
  log: LogSample,
  correction: FieldCorrection | null,
): ChosenFields {
  const samples = log.rows.map((row) => sampleRow(profile, log.columns, row));
  const asProfile = readSample(profile, profile.chat, log).filter(({ isRewind }) => !isRewind);
  const found = {
    chat: asProfile.filter(({ chat }) => chat !== null).length,
    speaker: asProfile.filter(({ speaker }) => speaker !== null).length,
    text: asProfile.filter(({ text }) => text !== null).length,
    time: asProfile.filter(({ ts }) => ts !== null).length,
  };
  let fields: EventFields = profile.chat;
  const choices: FieldChoice[] = [];
  for (const meaning of MEANINGS) {
    const key = KEYS[meaning];
    const choice = choose();
    fields = { ...fields, [key]: choice.fields };
    // A key says where the chat is in the fields that the profile names, and in no other.
    if (meaning === 'chat' && !choice.fields.every((field) => profile.chat.payloadChat.includes(field)))
      fields = { ...fields, chatKey: null };
    choices.push(choice);

    function choose(): FieldChoice {
      const corrected = correction?.[meaning] ?? null;
      if (corrected !== null) return { meaning, fields: [corrected], because: 'person' };
      const byProfile = { meaning, fields: profile.chat[key], because: 'profile' } as const;
      const isDefault = profile.chat[key].join() === defaultProfile.chat[key].join();
      if (found[meaning] > 0 && !(meaning === 'text' && isDefault)) return byProfile;
      const guess = guessField(meaning, samples, fields.payloadText);
      if (guess === null) return byProfile;
      const events = samples.filter((sample) => sample.has(guess)).length;
      return events >= found[meaning] * CLEARLY_MORE && events > 0
        ? { meaning, fields: [guess], because: 'guess' }
        : byProfile;
    }
  }
  return { fields, choices, candidates: candidatesOf(samples) };
}

/** The events of a sample, read with these fields. */
export function readSample(
  profile: Profile,
  fields: EventFields,
  { columns, rows }: LogSample,
): readonly ReadEvent[] {
  const reader = createEventReader(profile, fields, columns);
  const places = reader.columns.map((name) => columns.indexOf(name));
  return rows.map((row) => reader.read(places.map((place) => row[place])));
}

/** What the payload holds, and the log's columns beside those that the profile knows. */
function sampleRow(profile: Profile, columns: readonly string[], row: readonly unknown[]): Sample {
  const known = new Set(Object.values(profile.log.columns).map(foldName));
  const payload = row[placeOfName(columns, profile.log.columns.payload)];
  const others = columns.flatMap((name, place): [string, unknown][] => {
    if (known.has(foldName(name))) return [];
    const value = row[place];
    const parsed = parseJson(value);
    if (typeof parsed === 'object' && parsed !== null) return [[name, parsed]];
    return [[name, typeof value === 'bigint' ? String(value) : value]];
  });
  const members = profile.log.payloadForm === 'opaque' ? [] : parsePayload(payload);
  return sampleOf([...members, ...others]);
}
