import type { WriteDatabase } from '../sqlite/database.ts';
import type { DemoEvent } from './schema.ts';

export type Projections = {
  /** Brings the projected tables up to date with one event. `ts` is ISO 8601, UTC. */
  readonly event: (id: number, ts: string, event: DemoEvent) => void;
  /** Empties every projected table, children first, as the host does before it projects all events again. */
  readonly clear: () => void;
};

const CLEARED_IN_ORDER = [
  'memories',
  'activity',
  'scenes',
  'containers',
  'chat_state',
  'chats',
  'edges',
  'bots',
  'you_entity',
  'classifier_failures',
];

/** Prepares what each kind of event does to the projected tables. Ids are event ids, so projecting again gives the same rows. */
export function projections(db: WriteDatabase): Projections {
  const insertBot = db.prepare('INSERT INTO bots VALUES (?, ?, ?, ?)');
  const setYou = db.prepare('INSERT INTO you_entity VALUES (1, ?, ?, ?)');
  const insertChat = db.prepare('INSERT INTO chats (id, title, created_at) VALUES (?, ?, ?)');
  const insertState = db.prepare('INSERT INTO chat_state (chat_id, updated_at) VALUES (?, ?)');
  const insertContainer = db.prepare('INSERT INTO containers VALUES (?, ?, ?)');
  const endScene = db.prepare('UPDATE scenes SET ended_at = ? WHERE chat_id = ? AND ended_at IS NULL');
  const insertScene = db.prepare(
    'INSERT INTO scenes (id, chat_id, container_id, title, started_at) VALUES (?, ?, ?, ?, ?)',
  );
  const enterScene = db.prepare(
    'UPDATE chat_state SET scene_id = CAST(? AS INTEGER), updated_at = ? WHERE chat_id = ?',
  );
  const countTurn = db.prepare(
    'UPDATE chat_state SET turns = turns + 1, last_speaker = ?, updated_at = ? WHERE chat_id = ?',
  );
  const setMood = db.prepare('UPDATE chat_state SET mood = ?, updated_at = ? WHERE chat_id = ?');
  const insertMemory = db.prepare(
    'INSERT INTO memories VALUES (?, ?, ?, (SELECT scene_id FROM chat_state WHERE chat_id = ?), ?, ?, ?)',
  );
  const moveEdge = db.prepare(
    `INSERT INTO edges VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET affinity = excluded.affinity, trust = excluded.trust, updated_at = excluded.updated_at`,
  );
  const setActivity = db.prepare(
    `INSERT INTO activity VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET container_id = excluded.container_id, doing = excluded.doing, updated_at = excluded.updated_at`,
  );
  const insertFailure = db.prepare('INSERT INTO classifier_failures VALUES (?, ?, ?, ?, ?)');
  const clearing = CLEARED_IN_ORDER.map((table) => db.prepare(`DELETE FROM ${table}`));

  return {
    clear: () => {
      for (const statement of clearing) statement.run();
    },
    event: (id, ts, event) => {
      switch (event.kind) {
        case 'bot_created':
          insertBot.run(event.bot_id, event.name, event.persona, ts);
          return;
        case 'you_set':
          setYou.run(event.name, event.pronouns, event.about);
          return;
        case 'chat_created':
          insertChat.run(event.chat_id, event.title, ts);
          insertState.run(event.chat_id, ts);
          return;
        case 'container_added':
          insertContainer.run(event.container_id, event.chat_id, event.name);
          return;
        case 'scene_opened':
          endScene.run(ts, event.chat_id);
          insertScene.run(id, event.chat_id, event.container_id, event.title, ts);
          enterScene.run(id, ts, event.chat_id);
          return;
        case 'message':
          countTurn.run(event.speaker, ts, event.chat_id);
          return;
        case 'memory_kept':
          insertMemory.run(
            id,
            event.bot_id,
            event.chat_id,
            event.chat_id,
            event.memory,
            event.significance,
            ts,
          );
          return;
        case 'edge_moved':
          moveEdge.run(event.source_id, event.target_id, event.affinity, event.trust, ts);
          return;
        case 'activity_changed':
          setActivity.run(event.entity_id, event.container_id, event.doing, ts);
          return;
        case 'mood_changed':
          setMood.run(event.mood, ts, event.chat_id);
          return;
        case 'classifier_failed':
          insertFailure.run(id, event.chat_id, event.stage, event.error, ts);
          return;
        case 'rewind':
          return;
        default:
          throw new TypeError(`Nothing projects ${JSON.stringify(event satisfies never)}.`);
      }
    },
  };
}
