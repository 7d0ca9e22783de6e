import { OWN, SNAPSHOTS } from '../host/folders.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotForm, SnapshotId } from '../model/snapshots.ts';

/** The greatest character that every keyboard can type. */
const LAST_PLAIN = '~';
const LAST_CODE_POINT = 0x10ffff;
const NUMBERED = /^(\d{8}T\d{6}Z)(?:_(\d{3}))?$/;

/** The host's name for a second of UTC, given in seconds since 1970: `YYYYMMDDTHHMMSSZ`. */
export function formatSecond(second: number): string {
  return new Date(second * 1000).toISOString().replace(/[-:]|\.000/g, '');
}

/** `second` if it sorts after `newest`, otherwise the nearest name after `newest`. */
export function nameAfter(newest: string | null, second: string): string {
  return newest === null || compareNames(second, newest) > 0 ? second : nextName(newest);
}

/** The name that sorts right after another: `_001`, `_002`..., and after `_999` the next second. @throws `target-exists` if none fits */
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
 * A name that sorts after one that has no time and may not even be valid. It is the same name with a suffix, or else its
 * beginning continued with a greater character. The smallest change is tried first, to leave room for later names.
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

/** The next character that a name can have; null after the last one. */
function letterAfter(letter: string): string | null {
  for (let code = (letter.codePointAt(0) ?? 0) + 1; code <= LAST_CODE_POINT; code += 1) {
    const next = String.fromCodePoint(code);
    if (isName(next)) return next;
  }
  return null;
}

const ENDINGS: { readonly [F in SnapshotForm]: string } = { json: '.json', database: '.db' };

/** The file name of a snapshot of that form. */
export function fileNameOf(name: string, form: SnapshotForm): string {
  return name + ENDINGS[form];
}

/** The name and form of a snapshot's file; null if its ending is not a snapshot's. */
export function splitFileName(
  fileName: string,
): { readonly name: string; readonly form: SnapshotForm } | null {
  for (const form of ['json', 'database'] as const)
    if (fileName.endsWith(ENDINGS[form])) return { name: fileName.slice(0, -ENDINGS[form].length), form };
  return null;
}

/** The same file name in the other form, which means the same snapshot; null if it is not a snapshot's. */
export function twinOf(fileName: string): string | null {
  const found = splitFileName(fileName);
  return found === null ? null : fileNameOf(found.name, found.form === 'json' ? 'database' : 'json');
}

/** What nearly every kind is like. Compiling the other pattern takes longer than opening a folder's files. */
const PLAIN_KIND = /^\w[\w .-]{0,63}$/;
const KIND = /^[\p{L}\p{N}_][\p{L}\p{N} ._-]{0,63}$/u;
const TIMED_NAME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z(?:_\d{3})?$/;
const LONGEST_NAME_BYTES = 250;

/** Whether a text can name a kind of snapshot, and thus a folder. The host may choose any plain, visible name. */
export function isKind(text: string): boolean {
  if (PLAIN_KIND.test(text)) return true;
  return KIND.test(text) && text.isWellFormed() && Buffer.byteLength(text) <= LONGEST_NAME_BYTES;
}

/**
 * The kind of snapshots that somebody keeps in DATA/snapback/kept/, where neither the host nor a rule reaches them. No
 * folder of the host's can have this name.
 */
export const KEPT_KIND = '@kept';
const KEPT = 'kept';

/** The kind of what somebody opened from anywhere. No folder can have this name. */
export const BACKUP_KIND = '@file';

/** The folder of what prunes moved away, in DATA/snapback/. */
export const TRASH = 'trash';
/** The name of a prune's folder in the trash: the UTC second, and a number where that is taken. */
export const TRASH_NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:_\d{3,})?$/;

/** What the ids of snapshots in the trash begin with. Their kind is `@trash/<folder of the prune>/<kind that it was>`. */
const IN_TRASH = '@trash/';

/** The id of a snapshot as long as it is in the trash. */
export function idInTrash(trashName: string, id: SnapshotId): SnapshotId {
  return `${IN_TRASH}${trashName}/${id}`;
}

/** The kind that a snapshot in the trash was of; any other kind as it is. */
export function kindBeforeTrash(kind: string): string {
  return splitTrashKind(kind)?.kind ?? kind;
}

function splitTrashKind(text: string): { readonly trashName: string; readonly kind: string } | null {
  if (!text.startsWith(IN_TRASH)) return null;
  const [trashName = '', kind = '', ...rest] = text.slice(IN_TRASH.length).split('/');
  const isWhole = rest.length === 0 && TRASH_NAME.test(trashName) && (kind === KEPT_KIND || isKind(kind));
  return isWhole ? { trashName, kind } : null;
}

/** The folder of a kind, below the data folder. */
export function folderOfKind(kind: string): readonly string[] {
  const trashed = splitTrashKind(kind);
  if (trashed !== null) return [OWN, TRASH, trashed.trashName, trashed.kind];
  return kind === KEPT_KIND ? [OWN, KEPT] : [SNAPSHOTS, kind];
}

/** The prefix of the companion files that macOS makes on volumes that cannot hold a file's extra attributes. */
const COMPANION = '._';

/**
 * Whether a text can be a snapshot's file name without its ending: a plain, visible name. The companion files of macOS are
 * not snapshots, but their names are accepted so that they can be shown and pruned.
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
 * Splits an id into its kind and its file name without the ending. The name may be any plain file name, so that strange
 * files can be looked at and pruned. @throws `usage` if the text is not an id at all, `snapshot-unsafe` if it could lead to
 * another place
 */
export function parseSnapshotId(id: SnapshotId): { readonly kind: string; readonly name: string } {
  const slash = findNameSlash(id);
  if (slash <= 0 || slash === id.length - 1)
    throw new SnapbackError(
      'usage',
      'A snapshot is named by its kind, a slash, and its file name without .json or .db.',
      {
        got: id.slice(0, 300),
      },
    );
  const kind = id.slice(0, slash);
  const name = id.slice(slash + 1);
  if (!hasFolder(kind) || !isName(name))
    throw new SnapbackError('snapshot-unsafe', 'This is not the name of a snapshot.', {
      got: id.slice(0, 300),
    });
  return { kind, name };
}

/** Only the kinds of what is in the trash have slashes. */
function findNameSlash(id: SnapshotId): number {
  return id.startsWith(IN_TRASH) ? id.lastIndexOf('/') : id.indexOf('/');
}

function hasFolder(kind: string): boolean {
  return kind === KEPT_KIND || kind === BACKUP_KIND || splitTrashKind(kind) !== null || isKind(kind);
}

/** Whether a text is an id that `parseSnapshotId` accepts. */
export function isSnapshotId(text: string): boolean {
  const slash = findNameSlash(text);
  return slash > 0 && hasFolder(text.slice(0, slash)) && isName(text.slice(slash + 1));
}

/** The time in a snapshot's file name (`YYYYMMDDTHHMMSSZ`, as the host writes it); null if there is none, or no such date. */
export function snapshotTime(name: string): Date | null {
  const match = TIMED_NAME.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = new Date(text);
  // A date that does not exist, such as 30 February, is invalid or rolls over to another one.
  return !Number.isNaN(time.getTime()) && time.toISOString() === text ? time : null;
}

/** Half of a character above U+FFFF. Only such halves sort differently from the characters themselves. */
const SURROGATE = /[\ud800-\udfff]/;

/** Compares two file names as the host's sorted listing does: by code point, with the `.json`. */
export function compareNames(a: string, b: string): number {
  const [one, other] = [`${a}.json`, `${b}.json`];
  if (SURROGATE.test(one) || SURROGATE.test(other))
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : Number(one > other);
}
