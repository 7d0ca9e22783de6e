/*
 * Four applications that keep conversations in SQLite, by the tables that they publish, with what they would write. None of
 * them writes snapshots; somebody has copied the database file before a conversation was cut short.
 */
export type OtherApp = {
  readonly name: string;
  readonly databaseName: string;
  readonly schema: string;
  readonly before: string;
  /** A conversation loses its end. */
  readonly since: string;
};

const UP_TO_12 = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12)';

/** An event store in the proper sense: positions are whole numbers, payloads JSON. */
export const emmett: OtherApp = {
  name: 'emmett-sqlite',
  databaseName: 'events.db',
  schema: `
    CREATE TABLE emt_streams (
      stream_id TEXT NOT NULL, stream_position BIGINT NOT NULL DEFAULT 0, partition TEXT NOT NULL DEFAULT 'global',
      stream_type TEXT NOT NULL, stream_metadata JSONB NOT NULL, is_archived BOOLEAN NOT NULL DEFAULT FALSE,
      PRIMARY KEY (stream_id, partition, is_archived), UNIQUE (stream_id, partition, is_archived));
    CREATE TABLE emt_messages (
      stream_id TEXT NOT NULL, stream_position BIGINT NOT NULL, partition TEXT NOT NULL DEFAULT 'global',
      message_kind CHAR(1) NOT NULL DEFAULT 'E', message_data JSONB NOT NULL, message_metadata JSONB NOT NULL,
      message_schema_version TEXT NOT NULL, message_type TEXT NOT NULL, message_id TEXT NOT NULL,
      is_archived BOOLEAN NOT NULL DEFAULT FALSE, global_position INTEGER PRIMARY KEY,
      created DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE (stream_id, stream_position, partition, is_archived));
    CREATE TABLE emt_processors (
      processor_id TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1, partition TEXT NOT NULL DEFAULT 'global',
      status TEXT NOT NULL DEFAULT 'stopped', last_processed_checkpoint TEXT NOT NULL,
      processor_instance_id TEXT DEFAULT 'unknown', PRIMARY KEY (processor_id, partition, version));
    CREATE TABLE emt_projections (
      name TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1, partition TEXT NOT NULL DEFAULT 'global',
      type CHAR(1) NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, definition JSONB NOT NULL DEFAULT '{}',
      PRIMARY KEY (name, partition, version));
    CREATE TABLE conversations (_id TEXT PRIMARY KEY, data JSON NOT NULL);`,
  before: `
    INSERT INTO emt_streams (stream_id, stream_position, stream_type, stream_metadata) VALUES ('chat-1', 8, 'chat', '{}'), ('chat-2', 4, 'chat', '{}');
    ${UP_TO_12} INSERT INTO emt_messages (stream_id, stream_position, message_data, message_metadata, message_schema_version, message_type, message_id, created)
      SELECT iif(i <= 8, 'chat-1', 'chat-2'), iif(i <= 8, i, i - 8), json_object('author', iif(i % 2, 'Ida', 'Tomas'), 'text', 'The tide turns, number ' || i),
        '{}', '1', iif(i % 3, 'MessageSent', 'MessageQuoted'), 'm-' || i, printf('2026-11-20 10:%02d:00', i) FROM n;
    INSERT INTO emt_processors (processor_id, last_processed_checkpoint) VALUES ('conversations', '12');
    INSERT INTO emt_projections (name, type, kind, status) VALUES ('conversations', 'i', 'pongo', 'active');
    INSERT INTO conversations VALUES ('chat-1', '{"messages": 8}'), ('chat-2', '{"messages": 4}');`,
  since: `
    DELETE FROM emt_messages WHERE stream_id = 'chat-2' AND stream_position > 1;
    UPDATE emt_streams SET stream_position = 1 WHERE stream_id = 'chat-2';
    UPDATE emt_processors SET last_processed_checkpoint = '9';
    UPDATE conversations SET data = '{"messages": 1}' WHERE _id = 'chat-2';`,
};

/** The state of each step as opaque bytes, under keys of texts. */
export const langGraph: OtherApp = {
  name: 'LangGraph’s checkpointer',
  databaseName: 'checkpoints.sqlite',
  schema: `
    CREATE TABLE checkpoints (
      thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL, parent_checkpoint_id TEXT,
      type TEXT, checkpoint BLOB, metadata BLOB, PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id));
    CREATE TABLE writes (
      thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL, task_id TEXT NOT NULL,
      task_path TEXT NOT NULL DEFAULT '', idx INTEGER NOT NULL, channel TEXT NOT NULL, type TEXT, value BLOB,
      PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx));`,
  before: `
    ${UP_TO_12} INSERT INTO checkpoints (thread_id, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
      SELECT iif(i <= 8, 'thread-1', 'thread-2'), printf('1ef4f797-8335-6428-8001-%012x', i), iif(i IN (1, 9), NULL, printf('1ef4f797-8335-6428-8001-%012x', i - 1)),
        'msgpack', CAST(x'82a17601' || 'state ' || i AS BLOB), CAST(json_object('source', 'loop', 'step', i) AS BLOB) FROM n;
    ${UP_TO_12} INSERT INTO writes (thread_id, checkpoint_id, task_id, idx, channel, type, value)
      SELECT iif(i <= 8, 'thread-1', 'thread-2'), printf('1ef4f797-8335-6428-8001-%012x', i), 'task-' || i, 0, 'messages', 'msgpack', x'91a161' FROM n;`,
  since: `
    DELETE FROM writes WHERE thread_id = 'thread-2' AND task_id <> 'task-9';
    DELETE FROM checkpoints WHERE thread_id = 'thread-2' AND parent_checkpoint_id IS NOT NULL;`,
};

/** Messages in parts, under ids of texts; triggers keep counts and times. */
export const crush: OtherApp = {
  name: 'Crush',
  databaseName: 'crush.db',
  schema: `
    CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
    CREATE TABLE sessions (
      id TEXT PRIMARY KEY, parent_session_id TEXT, title TEXT NOT NULL, message_count INTEGER NOT NULL DEFAULT 0 CHECK (message_count >= 0),
      prompt_tokens INTEGER NOT NULL DEFAULT 0 CHECK (prompt_tokens >= 0), completion_tokens INTEGER NOT NULL DEFAULT 0 CHECK (completion_tokens >= 0),
      cost REAL NOT NULL DEFAULT 0.0 CHECK (cost >= 0.0), updated_at INTEGER NOT NULL, created_at INTEGER NOT NULL, summary_message_id TEXT, todos TEXT);
    CREATE TABLE files (
      id TEXT PRIMARY KEY, session_id TEXT NOT NULL, path TEXT NOT NULL, content TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
      FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE, UNIQUE (path, session_id, version));
    CREATE TABLE messages (
      id TEXT PRIMARY KEY, session_id TEXT NOT NULL, role TEXT NOT NULL, parts BLOB NOT NULL DEFAULT '[]', model TEXT,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, finished_at INTEGER, provider TEXT, is_summary_message INTEGER NOT NULL DEFAULT 0,
      FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE);
    CREATE TRIGGER update_sessions_updated_at AFTER UPDATE ON sessions BEGIN
      UPDATE sessions SET updated_at = strftime('%s', 'now') WHERE id = new.id; END;
    CREATE TRIGGER update_session_message_count_on_insert AFTER INSERT ON messages BEGIN
      UPDATE sessions SET message_count = message_count + 1 WHERE id = new.session_id; END;
    CREATE TRIGGER update_session_message_count_on_delete AFTER DELETE ON messages BEGIN
      UPDATE sessions SET message_count = message_count - 1 WHERE id = old.session_id; END;`,
  before: `
    INSERT INTO goose_db_version (version_id, is_applied) VALUES (20250424200609, 1);
    INSERT INTO sessions (id, title, updated_at, created_at) VALUES ('s-1', 'Mend the pump', 1795000000, 1795000000), ('s-2', 'Paint the door', 1795000000, 1795000000);
    INSERT INTO files VALUES ('f-1', 's-1', 'pump.md', 'Check the valve.', 0, 1795000000, 1795000000);
    ${UP_TO_12} INSERT INTO messages (id, session_id, role, parts, created_at, updated_at)
      SELECT 'u-' || i, iif(i <= 8, 's-1', 's-2'), iif(i % 2, 'user', 'assistant'),
        json_array(json_object('type', 'text', 'data', json_object('text', 'Look at step ' || i || ' first.'))), 1795000000 + i, 1795000000 + i FROM n;`,
  since: "DELETE FROM messages WHERE session_id = 's-2' AND created_at > 1795000009;",
};

/** A tree of messages under ids of texts, beside users and settings. */
export const openWebUi: OtherApp = {
  name: 'Open WebUI',
  databaseName: 'webui.db',
  schema: `
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
    CREATE TABLE user (id VARCHAR PRIMARY KEY, name VARCHAR, email VARCHAR, role VARCHAR, created_at BIGINT);
    CREATE TABLE chat (
      id VARCHAR PRIMARY KEY, user_id VARCHAR, title TEXT, chat JSON, created_at BIGINT, updated_at BIGINT, share_id TEXT UNIQUE,
      archived BOOLEAN, pinned BOOLEAN, meta JSON DEFAULT '{}', folder_id TEXT);
    CREATE TABLE chat_message (
      id TEXT PRIMARY KEY, chat_id TEXT NOT NULL REFERENCES chat (id) ON DELETE CASCADE, user_id TEXT, role TEXT NOT NULL, parent_id TEXT,
      content JSON, output JSON, model_id TEXT, files JSON, sources JSON, embeds JSON, meta JSON, done BOOLEAN, status_history JSON,
      error JSON, usage JSON, context_summary TEXT, created_at BIGINT, updated_at BIGINT);
    CREATE TABLE chat_file (
      id TEXT PRIMARY KEY, user_id TEXT NOT NULL, chat_id TEXT NOT NULL REFERENCES chat (id) ON DELETE CASCADE, message_id TEXT,
      file_id TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);`,
  before: `
    INSERT INTO alembic_version VALUES ('3f1a');
    INSERT INTO user VALUES ('p-1', 'Ida', 'ida@example.org', 'admin', 1795000000);
    INSERT INTO chat (id, user_id, title, chat, created_at, updated_at, archived) VALUES
      ('c-1', 'p-1', 'Bread', '{"history": {}}', 1795000000, 1795000000, 0), ('c-2', 'p-1', 'Soup', '{"history": {}}', 1795000000, 1795000000, 0);
    ${UP_TO_12} INSERT INTO chat_message (id, chat_id, user_id, role, parent_id, content, done, usage, created_at, updated_at)
      SELECT iif(i <= 8, 'c-1-', 'c-2-') || i, iif(i <= 8, 'c-1', 'c-2'), 'p-1', iif(i % 2, 'user', 'assistant'), iif(i IN (1, 9), NULL, CAST(i - 1 AS TEXT)),
        json_quote('Let it rise for ' || i || ' hours.'), 1, iif(i % 2, NULL, '{"input_tokens": 12}'), 1795000000 + i, 1795000000 + i FROM n;`,
  since: `
    DELETE FROM chat_message WHERE chat_id = 'c-2' AND created_at > 1795000009;
    UPDATE chat SET updated_at = 1795000100 WHERE id = 'c-2';`,
};

export const otherApps: readonly OtherApp[] = [emmett, langGraph, crush, openWebUi];
