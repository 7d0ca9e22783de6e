import { join } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { readChatNames, readPersonNames } from '../log/payload.ts';
import type { ConversationOverview, FieldCorrection } from '../model/conversation.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { explainPrivateUse, openPrivateDatabase, type WriteDatabase } from '../sqlite/database.ts';
import { STAGE_SCHEMA } from '../stage/layout.ts';
import { lookAgain, type WithStages } from '../stage/look-again.ts';
import { meansNoDatabase, withOwnTables } from '../stage/own-tables.ts';
import { openStageAgain, type Stage } from '../stage/stage.ts';
import { type StagedLive, withStagedLive } from '../stage/staged-live.ts';
import { attachStage, stageById } from '../stage/staged-view.ts';
import { createPrivateFolder, type PrivateFolder } from '../system/private-folder.ts';
import { type ChosenFields, chooseFields } from './choose-fields.ts';
import { explaining } from './explained.ts';
import { fillIndex, type LogRows, noteDifference } from './fill-index.ts';
import { findLogDifference, NO_DIFFERENCE } from './log-difference.ts';
import { sampleLog } from './log-sample.ts';
import type { IndexWriter } from './message-index.ts';
import { createMessageReader, findKeyedLog, type MessageReader } from './read-messages.ts';
import { settleIndex } from './settle-index.ts';
import { readSnapshotNames, readSnapshotPersons } from './snapshot-names.ts';
import { createTiedRowReader, noteTiedRows } from './tied-rows.ts';
import { findTiedTables, type TiedTable } from './tied-tables.ts';

/**
 * The chats of a snapshot beside those of one moment of the database, until it is closed. It holds private files and
 * nothing of the database itself, so it stays as it is whatever the host does meanwhile.
 */
export type Conversation = Omit<MessageReader, 'chats'> & {
  readonly overview: ConversationOverview;
  readonly close: () => Promise<void>;
};

/**
 * Opens the conversation of a snapshot beside the database; where that is gone, empty or damaged, as the snapshot has it.
 * `correction`: what a person says that the fields of events mean. Reads only.
 * @throws as `withStagedLive`, but for a database that cannot be read; `snapshot-without-log`, `disk-full`, `cancelled`
 */
export async function openConversation(
  folder: DataFolder,
  id: SnapshotId,
  correction: FieldCorrection | null,
  task: TaskOptions = {},
): Promise<Conversation> {
  return lookAgain(async (withStages) => {
    const asked = { correction, withStages };
    try {
      if (folder.databaseProblem !== null) throw folder.databaseProblem;
      return await openIn(folder, asked, task, (use) =>
        withStagedLive(folder, id, task, (staged) => use({ ...staged, isCompared: true })),
      );
    } catch (error) {
      if (!meansNoDatabase(error)) throw error;
    }
    return openIn(folder, asked, task, (use) =>
      withOwnTables(folder, [id], task, (live) =>
        withStageBeside({ folder, id, live, withStages }, task, use),
      ),
    );
  });
}

type Asked = { readonly correction: FieldCorrection | null; readonly withStages: WithStages };

/** A stage beside the database at one moment, or beside an empty one with the tables of the snapshot. */
type Moment = Pick<StagedLive, 'database' | 'stage' | 'snapshot'> & { readonly isCompared: boolean };

/** Gives `use` such a moment, as long as it runs. */
type WithMoment = (use: (moment: Moment) => Promise<Noted>) => Promise<Noted>;

type Alone = Pick<Asked, 'withStages'> & {
  readonly folder: DataFolder;
  readonly id: SnapshotId;
  readonly live: HostDatabase;
};

async function withStageBeside<T>(
  { folder, id, live, withStages }: Alone,
  task: TaskOptions,
  use: (moment: Moment) => Promise<T>,
): Promise<T> {
  const place = await createPrivateFolder();
  try {
    const { stage, snapshot } = await stageById(folder, id, { folder: place, live, proof: 'facts' }, task);
    return await withStages([stage], async () => {
      attachStage(live.db, stage);
      return use({ database: live, stage, snapshot, isCompared: false });
    });
  } finally {
    await place.remove();
  }
}

async function openIn(
  folder: DataFolder,
  { correction, withStages }: Asked,
  task: TaskOptions,
  withMoment: WithMoment,
): Promise<Conversation> {
  const place = await createPrivateFolder();
  const opened: { close: () => unknown }[] = [];
  const close = async () => {
    for (const one of opened) one.close();
    await place.remove();
  };
  try {
    const begun = await withMoment(async (moment) => {
      // Whoever looks again begins with an empty one.
      const index = openPrivateDatabase(join(place.path, `conversation-${opened.length}.db`), folder);
      opened.push(index);
      const noted = await beginIndex({ folder, place, index }, moment, correction, task);
      opened.push(noted.rows.db);
      return { ...noted, index, stage: moment.stage };
    });
    const { reader, overview } = await withStages([begun.stage], () => finishIndex(begun, task));
    const explain = (error: unknown) => {
      void begun.stage.isSpoiltBy(error);
      return explainPrivateUse(error, begun.index.name);
    };
    return { ...explaining(reader, explain), overview, close };
  } catch (error) {
    await close();
    throw explainPrivateUse(error, join(place.path, 'conversation.db'));
  }
}

/** What is read of the stage alone, whatever the database holds meanwhile. */
async function finishIndex(
  { index, rows, writer, chosen, names, tied, stage: _, ...about }: Noted,
  task: TaskOptions,
) {
  await fillIndex(index, rows, writer, task);
  const settled = await settleIndex(index, task);
  const tiedRows = createTiedRowReader(index, rows.db, tied);
  const reader = createMessageReader(index, rows, tiedRows);
  const { choices: fields, candidates } = chosen;
  const keyedLog = findKeyedLog(rows);
  const overview = {
    ...about,
    ...settled,
    beside: tiedRows.beside(),
    chats: reader.chats(names),
    keyedLog,
    fields,
    candidates,
  };
  return { reader, overview };
}

type Noted = Begun & { readonly index: WriteDatabase; readonly stage: Stage };

type Begun = Pick<ConversationOverview, 'snapshot' | 'lineage' | 'isCompared' | 'persons'> & {
  readonly rows: LogRows;
  readonly writer: IndexWriter;
  readonly chosen: ChosenFields;
  readonly names: ReadonlyMap<string, string>;
  readonly tied: readonly TiedTable[];
};

type IndexPlace = {
  readonly folder: DataFolder;
  readonly place: PrivateFolder;
  readonly index: WriteDatabase;
};

/** All that needs the live database. It takes as long as what differs in the log and in the tables that are tied to it. */
async function beginIndex(
  { folder, place, index }: IndexPlace,
  { database, stage, snapshot, isCompared }: Moment,
  correction: FieldCorrection | null,
  task: TaskOptions,
): Promise<Begun> {
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
    const difference = isCompared ? await findLogDifference({ database }, log, task) : NO_DIFFERENCE;
    const writer = await noteDifference(index, rows, difference, task);
    const tied = findTiedTables(database, stage.tables);
    if (isCompared) await noteTiedRows(database, tied, writer, task);
    const names = new Map([...readSnapshotNames(stage, profile), ...readChatNames(database)]);
    const persons = [...new Set([...readPersonNames(database), ...readSnapshotPersons(stage, profile)])];
    const { lineage } = difference;
    return { rows, writer, chosen, names, tied, persons, snapshot, lineage, isCompared };
  } catch (error) {
    db.close();
    throw error;
  }
}
