/**
 * Three chat applications that share only the names which the seed knows. Each has a schema, a state that a snapshot is
 * taken of (`before`), and what happened later (`since`), including a rewind as that host does it.
 */
export type Host = {
  readonly name: string;
  readonly schema: string;
  readonly before: string;
  readonly since: string;
  /** Tables that a restore brings back, by the seed's names, those of the search index included. */
  readonly projected: readonly string[];
  /** Tables that no snapshot speaks of. */
  readonly bystanders: readonly string[];
};

const EVERY_PROJECTION = [
  'bots',
  'you_entity',
  'edges',
  'memories',
  'memories_fts',
  'chats',
  'chat_state',
  'containers',
  'scenes',
  'activity',
  'classifier_failures',
];

/** All TEXT and no keys between tables, as the seed's comments suggest; its rewind flags events and appends one. */
export const plain: Host = {
  name: 'plain',
  projected: EVERY_PROJECTION,
  bystanders: [],
  schema: `
    CREATE TABLE event_log (id INTEGER PRIMARY KEY, branch_id INTEGER, ts TEXT, kind TEXT, payload_json TEXT, superseded_by INTEGER, hidden INTEGER DEFAULT 0);
    CREATE TABLE bots (id TEXT PRIMARY KEY, name TEXT, persona TEXT);
    CREATE TABLE you_entity (id TEXT PRIMARY KEY, name TEXT);
    CREATE TABLE edges (source TEXT, target TEXT, weight TEXT, PRIMARY KEY (source, target));
    CREATE TABLE memories (id INTEGER PRIMARY KEY, bot_id TEXT, text TEXT, pov_summary TEXT);
    CREATE VIRTUAL TABLE memories_fts USING fts5(text, pov_summary, content='memories', content_rowid='id');
    CREATE TRIGGER memories_ai AFTER INSERT ON memories BEGIN
      INSERT INTO memories_fts(rowid, text, pov_summary) VALUES (new.id, new.text, new.pov_summary);
    END;
    CREATE TRIGGER memories_ad AFTER DELETE ON memories BEGIN
      INSERT INTO memories_fts(memories_fts, rowid, text, pov_summary) VALUES ('delete', old.id, old.text, old.pov_summary);
    END;
    CREATE TRIGGER memories_au AFTER UPDATE ON memories BEGIN
      INSERT INTO memories_fts(memories_fts, rowid, text, pov_summary) VALUES ('delete', old.id, old.text, old.pov_summary);
      INSERT INTO memories_fts(rowid, text, pov_summary) VALUES (new.id, new.text, new.pov_summary);
    END;
    CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);
    CREATE TABLE chat_state (chat_id TEXT PRIMARY KEY, state_json TEXT);
    CREATE TABLE containers (id TEXT PRIMARY KEY, chat_id TEXT, name TEXT);
    CREATE TABLE scenes (id TEXT PRIMARY KEY, chat_id TEXT, title TEXT);
    CREATE TABLE activity (id INTEGER PRIMARY KEY, entity_id TEXT, text TEXT);
    CREATE TABLE classifier_failures (id INTEGER PRIMARY KEY, error TEXT);`,
  before: `
    INSERT INTO bots VALUES ('ada', 'Ada', 'Counts “everything”'), ('bo', 'Bo 🦉', '');
    INSERT INTO you_entity VALUES ('you', 'Zoë');
    INSERT INTO chats VALUES ('c1', 'Café'), ('c2', 'Ünïcode \u2028 line');
    INSERT INTO chat_state VALUES ('c1', '{"mood": "calm"}'), ('c2', '{}');
    INSERT INTO containers VALUES ('k1', 'c1', 'back room');
    INSERT INTO scenes VALUES ('s1', 'c1', 'Evening');
    INSERT INTO edges VALUES ('ada', 'you', '0.5'), ('you', 'ada', '-1');
    INSERT INTO event_log WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
      SELECT i, 1, printf('2026-11-20T10:%02d:00Z', i), 'message',
        json_object('chat_id', 'c' || (1 + i % 2), 'speaker', 'Zoë', 'text', 'line ' || i), NULL, 0 FROM n;
    INSERT INTO memories WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)
      SELECT i, CASE i % 2 WHEN 0 THEN 'ada' ELSE 'bo' END, 'memory ' || i || ' "quoted" \\ back', NULL FROM n;
    INSERT INTO activity VALUES (1, 'ada', char(9, 10, 13, 127));
    INSERT INTO classifier_failures VALUES (7, 'timeout');`,
  since: `
    INSERT INTO event_log VALUES (41, 1, '2026-11-20T11:00:00Z', 'rewind', '{"chat_id": "c1", "to": 20}', NULL, 0);
    UPDATE event_log SET superseded_by = 41, hidden = 1 WHERE id > 20 AND id < 41 AND json_extract(payload_json, '$.chat_id') = 'c1';
    INSERT INTO event_log VALUES (42, 1, '2026-11-20T11:05:00Z', 'message', '{"chat_id": "c2", "speaker": "Zoë", "text": "since"}', NULL, 0);
    DELETE FROM memories WHERE id > 15;
    INSERT INTO memories VALUES (16, 'bo', 'another one', 'told since');
    UPDATE memories SET text = 'changed' WHERE id = 3;
    UPDATE chat_state SET state_json = '{"mood": "odd"}' WHERE chat_id = 'c1';
    UPDATE edges SET weight = '0.1' WHERE source = 'ada';
    DELETE FROM scenes;`,
};

/** Types, keys and cascades taken seriously; its rewind deletes events, and a trigger keeps a count outside the projections. */
const strict: Host = {
  name: 'strict',
  projected: EVERY_PROJECTION,
  bystanders: ['attachments', 'counters'],
  schema: `
    PRAGMA user_version = 12;
    CREATE TABLE event_log (
      id INTEGER PRIMARY KEY AUTOINCREMENT, branch_id TEXT NOT NULL DEFAULT 'main', ts REAL NOT NULL, kind TEXT NOT NULL CHECK (kind <> ''),
      payload_json TEXT NOT NULL CHECK (json_valid(payload_json)), superseded_by INTEGER REFERENCES event_log(id) ON DELETE SET NULL,
      hidden INTEGER NOT NULL DEFAULT 0, day TEXT AS (date(ts, 'unixepoch')) VIRTUAL, correlation TEXT
    ) STRICT;
    CREATE TABLE bots (slug TEXT PRIMARY KEY, mentor TEXT REFERENCES bots(slug) DEFERRABLE INITIALLY DEFERRED, rank INTEGER NOT NULL UNIQUE) STRICT, WITHOUT ROWID;
    CREATE TABLE you_entity (id INTEGER PRIMARY KEY CHECK (id = 1), energy REAL NOT NULL, note ANY) STRICT;
    CREATE TABLE edges (a TEXT NOT NULL REFERENCES bots(slug) ON DELETE CASCADE, b TEXT NOT NULL, w REAL, half REAL AS (w / 2) STORED, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID;
    CREATE TABLE memories (
      id INTEGER PRIMARY KEY, bot TEXT REFERENCES bots(slug) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
      scene INTEGER REFERENCES scenes(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, text TEXT NOT NULL, big INTEGER
    ) STRICT;
    CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT COLLATE NOCASE UNIQUE) STRICT;
    CREATE TABLE chat_state (chat INTEGER PRIMARY KEY REFERENCES chats(id) ON DELETE CASCADE, turns INTEGER NOT NULL) STRICT;
    CREATE TABLE containers (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES containers(id) DEFERRABLE INITIALLY DEFERRED, chat INTEGER REFERENCES chats(id) ON DELETE CASCADE) STRICT;
    CREATE TABLE scenes (id INTEGER PRIMARY KEY, container INTEGER REFERENCES containers(id) ON DELETE SET NULL, title TEXT) STRICT;
    CREATE TABLE activity (who TEXT NOT NULL, place INTEGER REFERENCES containers(id) ON DELETE CASCADE, verb TEXT) STRICT;
    CREATE TABLE classifier_failures (id INTEGER PRIMARY KEY, why TEXT) STRICT;
    CREATE VIRTUAL TABLE memories_fts USING fts5(body);
    CREATE TRIGGER memories_ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, body) VALUES (new.id, new.text); END;
    CREATE TRIGGER memories_ad AFTER DELETE ON memories BEGIN DELETE FROM memories_fts WHERE rowid = old.id; END;
    CREATE TRIGGER memories_au AFTER UPDATE ON memories BEGIN UPDATE memories_fts SET body = new.text WHERE rowid = old.id; END;
    CREATE TABLE attachments (id INTEGER PRIMARY KEY, chat INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE, bytes BLOB) STRICT;
    CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT;
    INSERT INTO counters VALUES ('memories ever written', 0);
    CREATE TRIGGER memories_counted AFTER INSERT ON memories BEGIN UPDATE counters SET n = n + 1; END;`,
  before: `
    BEGIN;
    INSERT INTO bots VALUES ('ada', 'bo', 1), ('bo', 'ada', 2), ('cy', NULL, 3);
    INSERT INTO you_entity VALUES (1, 1.0, 'any');
    INSERT INTO chats VALUES (1, 'One'), (2, 'Two');
    INSERT INTO chat_state VALUES (1, 30), (2, 4);
    INSERT INTO containers VALUES (1, 2, 1), (2, NULL, 1), (3, 1, 2);
    INSERT INTO scenes VALUES (1, 1, 'a'), (2, 3, 'b');
    INSERT INTO edges (a, b, w) VALUES ('ada', 'you', 0.1), ('bo', 'you', -0.0), ('cy', 'you', 1e300), ('cy', 'ada', 5e-324);
    INSERT INTO memories VALUES (1, 'ada', 1, 'first', 9223372036854775807), (2, 'bo', 2, 'second', -9223372036854775808), (5, 'bo', NULL, 'third', 9007199254740993);
    INSERT INTO activity VALUES ('ada', 1, 'waits'), ('ada', 1, 'waits'), ('bo', 3, NULL);
    INSERT INTO attachments VALUES (1, 1, x'00ff'), (2, 2, x'89504e47');
    INSERT INTO event_log (id, ts, kind, payload_json) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
      SELECT i * 3, 1795000000.25 + i, 'said', json_object('chat_id', 1 + i % 2, 'text', 'line ' || i) FROM n;
    UPDATE event_log SET superseded_by = 9, hidden = 1 WHERE id IN (3, 6);
    COMMIT;`,
  since: `
    BEGIN;
    DELETE FROM event_log WHERE id > 60;
    INSERT INTO event_log (ts, kind, payload_json) VALUES (1795009999.5, 'rewind', '{"chat_id": 1}'), (1795009999.75, 'said', '{"chat_id": 2, "text": "later"}');
    UPDATE bots SET rank = -rank WHERE slug <> 'cy';
    UPDATE bots SET rank = CASE slug WHEN 'ada' THEN 2 ELSE 1 END WHERE slug <> 'cy';
    DELETE FROM memories WHERE id > 1;
    INSERT INTO memories VALUES (2, 'cy', NULL, 'instead', NULL);
    UPDATE edges SET w = 0.2 WHERE a = 'ada';
    DELETE FROM activity WHERE who = 'ada';
    INSERT INTO activity VALUES ('ada', 2, 'left');
    UPDATE chats SET title = 'Two, renamed' WHERE id = 2;
    INSERT INTO chats VALUES (3, 'Three');
    INSERT INTO attachments VALUES (3, 3, x'33');
    DELETE FROM attachments WHERE id = 3;
    COMMIT;`,
};

/** An early version: some tables do not exist yet, no declared types, BLOBs and infinities; its rewind only appends. */
const early: Host = {
  name: 'early',
  projected: ['bots', 'you_entity', 'memories', 'chats', 'chat_state', 'activity'],
  bystanders: [],
  schema: `
    CREATE TABLE event_log (id INTEGER PRIMARY KEY, branch_id, ts, kind, payload_json, superseded_by, hidden);
    CREATE TABLE bots (id, name, avatar BLOB);
    CREATE TABLE you_entity (id INTEGER PRIMARY KEY, mood);
    CREATE TABLE memories (id INTEGER PRIMARY KEY, text, weight);
    CREATE TABLE chats (id TEXT PRIMARY KEY, title);
    CREATE TABLE chat_state (chat_id, turns);
    CREATE TABLE activity (what);`,
  before: `
    INSERT INTO bots (id, avatar) VALUES (1, x'00275cff0a'), (1, x'00275cff0a'), (2, NULL), ('2', x'');
    INSERT INTO you_entity VALUES (1, 9e999), (2, -9e999), (3, 1e16), (4, 123456789012345678), (5, 0.1 + 0.2), (6, 1e-7);
    INSERT INTO memories VALUES (1, 'plain', 1), (2, 2, '2'), (3, 3.0, 3.5), (4, NULL, '');
    INSERT INTO chats VALUES ('__proto__', 'constructor'), ('c', 'See');
    INSERT INTO activity VALUES ('a'), ('a'), (NULL), (1), (1.0);
    INSERT INTO event_log VALUES (-5, 'b', 1, 'odd', 'not json', NULL, NULL), (2, 'b', 2.5, 'said', '{"chat_id":"c"}', NULL, 0), (9223372036854775807, 'b', 3, 'said', '{}', 2, 1);`,
  since: `
    DELETE FROM event_log WHERE id = 9223372036854775807;
    INSERT INTO event_log VALUES (3, 'b', '4', 'rewind', NULL, NULL, 0);
    DELETE FROM bots WHERE id = 2;
    INSERT INTO chat_state VALUES ('c', 1);
    UPDATE you_entity SET mood = 1 WHERE id < 3;
    DELETE FROM activity WHERE what = 'a';
    INSERT INTO memories VALUES (5, 'new', NULL);
    UPDATE chats SET title = 'prototype' WHERE id = '__proto__';`,
};

export const hosts: readonly Host[] = [plain, strict, early];
