/** What happens in the demo's world. Every field except `kind` is payload; the default profile expects `chat_id`, `speaker` and `text`. */
export type DemoEvent =
  | { readonly kind: 'bot_created'; readonly bot_id: string; readonly name: string; readonly persona: string }
  | { readonly kind: 'you_set'; readonly name: string; readonly pronouns: string; readonly about: string }
  | { readonly kind: 'chat_created'; readonly chat_id: string; readonly title: string }
  | {
      readonly kind: 'container_added';
      readonly chat_id: string;
      readonly container_id: string;
      readonly name: string;
    }
  | {
      readonly kind: 'scene_opened';
      readonly chat_id: string;
      readonly container_id: string;
      readonly title: string;
    }
  | { readonly kind: 'message'; readonly chat_id: string; readonly speaker: string; readonly text: string }
  | {
      readonly kind: 'memory_kept';
      readonly chat_id: string;
      readonly bot_id: string;
      readonly memory: string;
      readonly significance: number;
    }
  | {
      readonly kind: 'edge_moved';
      readonly chat_id: string;
      readonly source_id: string;
      readonly target_id: string;
      readonly affinity: number;
      readonly trust: number;
    }
  | {
      readonly kind: 'activity_changed';
      readonly chat_id: string;
      readonly entity_id: string;
      readonly container_id: string;
      readonly doing: string;
    }
  | { readonly kind: 'mood_changed'; readonly chat_id: string; readonly mood: string }
  | {
      readonly kind: 'classifier_failed';
      readonly chat_id: string;
      readonly stage: string;
      readonly error: string;
    }
  | {
      readonly kind: 'rewind';
      readonly chat_id: string;
      readonly to_event_id: number;
      readonly superseded: number;
    };

/**
 * The tables, named as in the host. The log's ids are AUTOINCREMENT, so that no id is reused, even after the newest events
 * are deleted.
 * Foreign keys between projected tables are deferred to COMMIT, whatever order the host loads them in. `settings` and `drafts` are not
 * projections: no snapshot names them, and a restore must leave them alone although deleting a chat would cascade into `drafts`.
 */
export const demoSchema = `
PRAGMA user_version = 31;
CREATE TABLE event_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  branch_id INTEGER NOT NULL DEFAULT 1,
  ts TEXT NOT NULL,
  kind TEXT NOT NULL,
  payload_json TEXT NOT NULL,
  superseded_by INTEGER REFERENCES event_log(id),
  hidden INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX event_log_visible ON event_log(branch_id, id) WHERE hidden = 0;
CREATE TABLE bots (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  persona TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE you_entity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  pronouns TEXT,
  about TEXT
);
CREATE TABLE edges (
  source_id TEXT NOT NULL,
  target_id TEXT NOT NULL,
  affinity REAL NOT NULL DEFAULT 0.0,
  trust REAL NOT NULL DEFAULT 0.0,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (source_id, target_id)
);
CREATE TABLE memories (
  id INTEGER PRIMARY KEY,
  bot_id TEXT NOT NULL REFERENCES bots(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  scene_id INTEGER REFERENCES scenes(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  text TEXT NOT NULL,
  significance REAL NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX memories_of_bot ON memories(bot_id, created_at);
CREATE TABLE chats (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  created_at TEXT NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE chat_state (
  chat_id TEXT PRIMARY KEY REFERENCES chats(id) ON DELETE CASCADE,
  mood TEXT NOT NULL DEFAULT 'calm',
  scene_id INTEGER REFERENCES scenes(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  turns INTEGER NOT NULL DEFAULT 0,
  last_speaker TEXT,
  updated_at TEXT NOT NULL
);
CREATE TABLE containers (
  id TEXT PRIMARY KEY,
  chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
  name TEXT NOT NULL
);
CREATE TABLE scenes (
  id INTEGER PRIMARY KEY,
  chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
  container_id TEXT REFERENCES containers(id) ON DELETE SET NULL,
  title TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT
);
CREATE TABLE activity (
  entity_id TEXT PRIMARY KEY,
  container_id TEXT REFERENCES containers(id) ON DELETE SET NULL,
  doing TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE TABLE classifier_failures (
  id INTEGER PRIMARY KEY,
  chat_id TEXT,
  stage TEXT NOT NULL,
  error TEXT NOT NULL,
  ts TEXT NOT NULL
);
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
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE drafts (
  chat_id TEXT PRIMARY KEY REFERENCES chats(id) ON DELETE CASCADE,
  text TEXT NOT NULL
);
`;
