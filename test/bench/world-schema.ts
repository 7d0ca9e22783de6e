/**
 * The bench's database: every table that the seed knows. Between them they have what is hard for a restore: a key that
 * is no integer (“chat_state”), one of two columns (“edges”), none at all (“activity”), reals, and a search index that
 * triggers keep.
 */
export const worldSchema = `
CREATE TABLE event_log (
  id INTEGER PRIMARY KEY, branch_id INTEGER NOT NULL DEFAULT 1, ts TEXT NOT NULL, kind TEXT NOT NULL,
  payload_json TEXT NOT NULL, superseded_by INTEGER, hidden INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX event_log_kind ON event_log(kind);
CREATE TABLE bots (id TEXT PRIMARY KEY, name TEXT NOT NULL, persona TEXT);
CREATE TABLE you_entity (id TEXT PRIMARY KEY, name TEXT NOT NULL, about TEXT);
CREATE TABLE edges (source_id TEXT, target_id TEXT, affinity REAL, trust REAL, PRIMARY KEY (source_id, target_id));
CREATE TABLE memories (
  id INTEGER PRIMARY KEY, bot_id TEXT NOT NULL REFERENCES bots(id), chat_id TEXT NOT NULL REFERENCES chats(id),
  text TEXT NOT NULL, significance REAL NOT NULL, created_at TEXT NOT NULL, source_event_id INTEGER
);
CREATE INDEX memories_bot ON memories(bot_id, created_at);
CREATE VIRTUAL TABLE memories_fts USING fts5(text, content = 'memories', content_rowid = 'id');
CREATE TRIGGER memories_ai AFTER INSERT ON memories BEGIN
  INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER memories_ad AFTER DELETE ON memories BEGIN
  INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER memories_au AFTER UPDATE ON memories BEGIN
  INSERT INTO memories_fts(memories_fts, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text);
END;
CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE chat_state (chat_id TEXT PRIMARY KEY REFERENCES chats(id), state_json TEXT, weight REAL, turns INTEGER);
CREATE TABLE containers (id TEXT PRIMARY KEY, chat_id TEXT NOT NULL REFERENCES chats(id), name TEXT);
CREATE TABLE scenes (id INTEGER PRIMARY KEY, chat_id TEXT NOT NULL REFERENCES chats(id), title TEXT, started_at TEXT, ended_at TEXT);
CREATE TABLE activity (entity_id TEXT, doing TEXT, intensity REAL, ts TEXT);
CREATE TABLE classifier_failures (id INTEGER PRIMARY KEY, chat_id TEXT, stage TEXT, error TEXT, ts TEXT);`;

/**
 * What happened after the snapshot: about that share of each table's rows differs from it. The log keeps its events; the
 * newest ones are hidden, as by a rewind, and a few follow. Of the memories that differ, a fifth is gone and a fifth new.
 */
export function workAfter(percent: number): string {
  const rows = (table: string) => `(SELECT CAST(count(*) * ${percent} / 100.0 AS INTEGER) FROM ${table})`;
  const some = `(rowid * 7919) % 1000 < ${percent * 10}`;
  return `
    CREATE TEMP TABLE log_end AS SELECT max(id) AS id, ${rows('event_log')} AS hidden FROM event_log;
    CREATE TEMP TABLE memory_end AS SELECT max(id) AS id, ${rows('memories')} AS touched FROM memories;
    UPDATE event_log SET hidden = 1, superseded_by = (SELECT id + 1 FROM log_end)
      WHERE id > (SELECT id - hidden FROM log_end);
    INSERT INTO event_log (id, ts, kind, payload_json)
      SELECT id + 1, '2026-02-01T00:00:00.000000+00:00', 'rewind', '{"chat_id": "chat-0", "to": 1}' FROM log_end;
    INSERT INTO event_log (ts, kind, payload_json)
      SELECT '2026-02-01T00:00:01.000000+00:00', kind, payload_json FROM event_log
      WHERE id <= (SELECT hidden / 10 FROM log_end);
    DELETE FROM memories WHERE ${some} AND id / 7 % 5 = 0;
    UPDATE memories SET text = text || ' – und später anders' WHERE ${some};
    INSERT INTO memories (bot_id, chat_id, text, significance, created_at, source_event_id)
      SELECT bot_id, chat_id, 'Neu: ' || text, significance / 3, created_at, source_event_id FROM memories
      WHERE id <= (SELECT touched / 5 FROM memory_end);
    UPDATE bots SET persona = persona || ' Changed.' WHERE ${some};
    UPDATE you_entity SET about = about || ' Changed.' WHERE ${some};
    UPDATE edges SET affinity = affinity / 3 + 0.1 WHERE ${some};
    UPDATE chats SET title = title || ' (2)' WHERE ${some};
    UPDATE chat_state SET weight = weight / 7, turns = turns + 1 WHERE ${some};
    UPDATE containers SET name = name || '!' WHERE ${some};
    UPDATE scenes SET ended_at = '2026-02-01T00:00:02.000000+00:00' WHERE ${some};
    UPDATE activity SET doing = doing || ' …' WHERE ${some};
    UPDATE classifier_failures SET error = error || ' (again)' WHERE ${some};`;
}
