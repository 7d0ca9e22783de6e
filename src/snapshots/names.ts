import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';

/** The greatest letter that one can type everywhere. */
const LAST_PLAIN = '~';
const LAST_CODE_POINT = 0x10ffff;
const NUMBERED = /^(\d{8}T\d{6}Z)(?:_(\d{3}))?$/;

export function formatSecond(second: number): string {
  return new Date(second * 1000).toISOString().replace(/[-:]|\.000/g, '');
}

/** `second` where it sorts after `newest`, else the nearest name after it. */
export function nameAfter(newest: string | null, second: string): string {
  return newest === null || compareNames(second, newest) > 0 ? second : nextName(newest);
}

/** A name that sorts right after another: `_001`, `_002`..., after `_999` the next second. @throws `target-exists` where none fits */
export function nextName(name: string): string {
  const match = NUMBERED.exec(name);
  if (match === null) return longerName(name);
  const [, second = '', number = '0'] = match;
  if (number !== '999') return `${second}_${String(Number(number) + 1).padStart(3, '0')}`;
  const time = Date.parse(second.replace(/^(.{4})(..)(..T..)(..)/, '$1-$2-$3:$4:'));
  const next = Number.isNaN(time) ? null : formatSecond(time / 1000 + 1);
  return next !== null && NUMBERED.test(next) ? next : longerName(name);
}

/**
 * A name after one that is no time and may be no name of a snapshot either: the same and more, else one that shares its
 * beginning and goes on with a greater letter. The earliest such letter, so that what comes after it has room too.
 */
function longerName(name: string): string {
  const letters = [...name];
  const turnedAt = (greater: (letter: string) => string | null) =>
    letters.flatMap((letter, at) => {
      const next = greater(letter);
      return next === null ? [] : [letters.slice(0, at).join('') + next];
    });
  const found = [
    `${name}_001`,
    ...turnedAt((letter) => (letter < LAST_PLAIN ? LAST_PLAIN : null)),
    ...turnedAt(letterAfter),
    `${name}${LAST_PLAIN}`,
  ].find((candidate) => isName(candidate) && compareNames(candidate, name) > 0);
  if (found !== undefined) return found;
  throw new SnapbackError('target-exists', 'No name sorts after every other snapshot.', { newest: name });
}

/** The next letter that a name can have; null after the last one that there is. */
function letterAfter(letter: string): string | null {
  for (let code = (letter.codePointAt(0) ?? 0) + 1; code <= LAST_CODE_POINT; code += 1) {
    const next = String.fromCodePoint(code);
    if (isName(next)) return next;
  }
  return null;
}

const KIND = /^[\p{L}\p{N}_][\p{L}\p{N} ._-]{0,63}$/u;
const TIMED_NAME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z(?:_\d{3})?$/;
const LONGEST_NAME_BYTES = 250;

/** Tells whether a text may name a kind of snapshots, and thus a folder: a plain visible name, as the host may choose any. */
export function isKind(text: string): boolean {
  return KIND.test(text) && text.isWellFormed() && Buffer.byteLength(text) <= LONGEST_NAME_BYTES;
}

/** What macOS puts before the name of a file to name what it keeps beside it where a volume can't hold that. */
const COMPANION = '._';

/**
 * Tells whether a text may be a snapshot's file name without `.json`: a plain visible name, that any reader of ours
 * accepts. What macOS keeps beside a file that was copied is no snapshot, but named so that it can be shown and pruned.
 */
export function isName(text: string): boolean {
  const plain = text.startsWith(COMPANION) ? text.slice(COMPANION.length) : text;
  return (
    plain !== '' &&
    !plain.startsWith('.') &&
    !/[/\\\p{Cc}]/u.test(text) &&
    text.isWellFormed() &&
    Buffer.byteLength(text) <= LONGEST_NAME_BYTES
  );
}

/**
 * Splits an id into its kind and its file name without `.json`. Kinds follow the seed's grammar; a name is any plain
 * file name, so that strange files can be looked at and pruned. @throws `usage` for what is no id at all,
 * `snapshot-unsafe` for one that could reach another place
 */
export function parseSnapshotId(id: SnapshotId): { readonly kind: string; readonly name: string } {
  const slash = id.indexOf('/');
  if (slash <= 0 || slash === id.length - 1)
    throw new SnapbackError(
      'usage',
      'A snapshot is named by its kind, a slash and its file name without .json.',
      {
        got: id.slice(0, 300),
      },
    );
  const kind = id.slice(0, slash);
  const name = id.slice(slash + 1);
  if (!isKind(kind) || !isName(name))
    throw new SnapbackError('snapshot-unsafe', 'This is not the name of a snapshot.', {
      got: id.slice(0, 300),
    });
  return { kind, name };
}

/** Whether a text is the id of a snapshot: one that `parseSnapshotId` takes, and that can reach no other place. */
export function isSnapshotId(text: string): boolean {
  const slash = text.indexOf('/');
  return slash > 0 && isKind(text.slice(0, slash)) && isName(text.slice(slash + 1));
}

/** The moment in a snapshot's file name, of which the seed's form is `YYYYMMDDTHHMMSSZ`; null where it has none, or none of the calendar. */
export function snapshotTime(name: string): Date | null {
  const match = TIMED_NAME.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = new Date(text);
  // Out of range dates such as 30 February roll over or are invalid; the real ones come back as they were.
  return !Number.isNaN(time.getTime()) && time.toISOString() === text ? time : null;
}

/** Compares two file names as the seed's sorted listing does: by code point, the `.json` included. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(`${a}.json`), Buffer.from(`${b}.json`));
}
