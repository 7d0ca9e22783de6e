import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { readChatNames, readPersonNames } from '../log/payload.ts';
import type { ConversationOverview, FieldCorrection } from '../model/conversation.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { openPrivateDatabase, type WriteDatabase } from '../sqlite/database.ts';
import { STAGE_SCHEMA } from '../stage/layout.ts';
import { openStageAgain } from '../stage/stage.ts';
import { type StagedLive, withStagedLive } from '../stage/staged-live.ts';
import { createPrivateFolder, type PrivateFolder } from '../system/private-folder.ts';
import { type ChosenFields, chooseFields } from './choose-fields.ts';
import { fillIndex, type LogRows, noteDifference } from './fill-index.ts';
import { findLogDifference } from './log-difference.ts';
import { sampleLog } from './log-sample.ts';
import type { IndexWriter } from './message-index.ts';
import { createMessageReader, findKeyedLog, type MessageReader } from './read-messages.ts';
import { settleIndex } from './settle-index.ts';
import { readSnapshotNames } from './snapshot-names.ts';

/**
 * The chats of a snapshot beside those of one moment of the database, until it is closed. It holds private files and
 * nothing of the database itself, so it stays as it is whatever the host does meanwhile.
 */
export type Conversation = Omit<MessageReader, 'chats'> & {
  readonly overview: ConversationOverview;
  readonly close: () => Promise<void>;
};

/**
 * Opens the conversation of a snapshot. `correction`: what a person says that the fields of events mean. Reads only.
 * @throws as `withStagedLive`; `snapshot-without-log`, `disk-full`, `cancelled`
 */
export async function openConversation(
  folder: DataFolder,
  id: SnapshotId,
  correction: FieldCorrection | null,
  task: TaskOptions = {},
): Promise<Conversation> {
  const place = await createPrivateFolder();
  const opened: { close: () => unknown }[] = [];
  const close = async () => {
    for (const one of opened) one.close();
    await place.remove();
  };
  try {
    const index = openPrivateDatabase(join(place.path, 'conversation.db'), folder);
    opened.push(index);
    const begun = await withStagedLive(folder, id, task, async (staged) => {
      const noted = await beginIndex({ folder, place, index }, staged, correction, task);
      opened.push(noted.rows.db);
      return noted;
    });
    const { rows, writer, chosen, names, ...about } = begun;
    await fillIndex(index, rows, writer, task);
    await settleIndex(index, task);
    const reader = createMessageReader(index, rows);
    const { choices: fields, candidates } = chosen;
    const keyedLog = findKeyedLog(rows);
    const overview = { ...about, chats: reader.chats(names), keyedLog, fields, candidates };
    return { ...reader, overview, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Begun = Pick<ConversationOverview, 'snapshot' | 'lineage' | 'persons'> & {
  readonly rows: LogRows;
  readonly writer: IndexWriter;
  readonly chosen: ChosenFields;
  readonly names: ReadonlyMap<string, string>;
};

type IndexPlace = {
  readonly folder: DataFolder;
  readonly place: PrivateFolder;
  readonly index: WriteDatabase;
};

/** All that needs the live database. It takes as long as what differs in the log. */
async function beginIndex(
  { folder, place, index }: IndexPlace,
  staged: StagedLive,
  correction: FieldCorrection | null,
  task: TaskOptions,
): Promise<Begun> {
  const { database, stage, snapshot } = staged;
  const { profile } = folder;
  const log = stage.tables.find(({ role }) => role === 'log');
  if (log === undefined)
    throw new SnapbackError(
      'snapshot-without-log',
      'This snapshot has no event log, so it holds no messages.',
      {
        id: snapshot.id,
      },
    );
  const db = openStageAgain(stage, place, folder);
  try {
    const chosen = chooseFields(profile, sampleLog(database, log, STAGE_SCHEMA), correction);
    const rows = { db, log, profile, fields: chosen.fields };
    const difference = await findLogDifference(staged, log, task);
    const writer = await noteDifference(index, rows, difference, task);
    const names = new Map([...readSnapshotNames(stage, profile), ...readChatNames(database)]);
    const persons = readPersonNames(database);
    return { rows, writer, chosen, names, persons, snapshot, lineage: difference.lineage };
  } catch (error) {
    db.close();
    throw error;
  }
}
