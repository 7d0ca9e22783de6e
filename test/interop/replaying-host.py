"""
A small chat application that replays: replaying-host.py SEED SCHEMA WAY DATABASE FOLDER COMMANDS

When it starts, it loads its newest checkpoint by the seed, and applies the events of its log after that by its own rules.
SCHEMA is one of three forms of its tables, WAY one of three ways in which it takes a chat back. COMMANDS is a JSON list of
lists, which are carried out one after the other; prints a JSON list of their results.
"""

import importlib.util
import json
import sqlite3
import sys
from pathlib import Path

REST = """
CREATE TABLE you_entity (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE edges (source TEXT, target TEXT, weight REAL);
CREATE TABLE containers (id TEXT PRIMARY KEY, name TEXT);
CREATE TABLE scenes (id TEXT PRIMARY KEY, title TEXT);
CREATE TABLE classifier_failures (id INTEGER PRIMARY KEY, error TEXT);
CREATE TABLE drafts (chat TEXT, text TEXT);
INSERT INTO drafts VALUES ('c1', 'not sent yet');
"""

PLAIN = """
CREATE TABLE event_log (id INTEGER PRIMARY KEY, branch_id, ts, kind, payload_json, superseded_by, hidden DEFAULT 0);
CREATE TABLE last_given (id INTEGER);
INSERT INTO last_given VALUES (0);
CREATE TABLE bots (id TEXT PRIMARY KEY, name TEXT);
CREATE TABLE memories (id INTEGER PRIMARY KEY, chat TEXT, text TEXT);
CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT, messages INTEGER);
CREATE TABLE chat_state (chat TEXT PRIMARY KEY, last_line TEXT);
CREATE TABLE activity (event INTEGER, chat TEXT, speaker TEXT, text TEXT);
"""

KEYS = """
CREATE TABLE event_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, branch_id TEXT, ts TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind <> ''),
  payload_json TEXT NOT NULL CHECK (json_valid(payload_json)),
  superseded_by INTEGER REFERENCES event_log (id), hidden INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE bots (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE memories (
  id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, text TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE memories_fts USING fts5 (text, content = 'memories', content_rowid = 'id');
CREATE TRIGGER memories_ai AFTER INSERT ON memories BEGIN
  INSERT INTO memories_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER memories_ad AFTER DELETE ON memories BEGIN
  INSERT INTO memories_fts (memories_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT NOT NULL, messages INTEGER NOT NULL) STRICT;
CREATE TABLE chat_state (chat TEXT PRIMARY KEY REFERENCES chats (id) ON DELETE CASCADE, last_line TEXT) STRICT;
CREATE TABLE activity (
  event INTEGER PRIMARY KEY, chat TEXT NOT NULL REFERENCES chats (id) ON DELETE CASCADE, speaker TEXT, text TEXT NOT NULL
) STRICT;
"""

# The trigger counts, it does not add: loading the chats and then their messages must not count them twice.
COMPOSITE = """
CREATE TABLE event_log (
  id INTEGER NOT NULL, branch_id TEXT NOT NULL, ts TEXT, kind TEXT, payload_json TEXT, superseded_by INTEGER,
  hidden INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (branch_id, id)
) WITHOUT ROWID;
CREATE TABLE last_given (id INTEGER);
INSERT INTO last_given VALUES (0);
CREATE TABLE bots (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE memories (chat TEXT, id INTEGER, text TEXT, PRIMARY KEY (chat, id)) WITHOUT ROWID;
CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT, messages INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE chat_state (chat TEXT PRIMARY KEY, last_line TEXT) WITHOUT ROWID;
CREATE TABLE activity (chat TEXT, event INTEGER, speaker TEXT, text TEXT, PRIMARY KEY (chat, event)) WITHOUT ROWID;
CREATE TRIGGER counted_in AFTER INSERT ON activity BEGIN
  UPDATE chats SET messages = (SELECT count(*) FROM activity WHERE chat = new.chat) WHERE id = new.chat;
END;
CREATE TRIGGER counted_out AFTER DELETE ON activity BEGIN
  UPDATE chats SET messages = (SELECT count(*) FROM activity WHERE chat = old.chat) WHERE id = old.chat;
END;
"""

SCHEMAS = {"plain": PLAIN, "keys": KEYS, "composite": COMPOSITE}
PROJECTED = ["memories", "activity", "chat_state", "chats", "bots"]


class Host:
    def __init__(self, seed, schema, way, database, folder):
        self.seed, self.schema, self.way, self.folder = seed, schema, way, folder
        self.db = sqlite3.connect(database)
        self.db.execute("PRAGMA foreign_keys = ON")

    def create(self):
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.executescript(SCHEMAS[self.schema] + REST)

    def write(self, kind, payload):
        """Appends an event. No id is ever given twice, not even that of one which was deleted."""
        values = ["main", "2026-11-20T10:00:00Z", kind, json.dumps(payload)]
        columns = "branch_id, ts, kind, payload_json"
        if self.schema == "keys":
            return self.db.execute(f"INSERT INTO event_log ({columns}) VALUES (?, ?, ?, ?)", values).lastrowid
        self.db.execute("UPDATE last_given SET id = id + 1")
        (id,) = self.db.execute("SELECT id FROM last_given").fetchone()
        self.db.execute(f"INSERT INTO event_log (id, {columns}) VALUES (?, ?, ?, ?, ?)", [id, *values])
        return id

    def append(self, *events):
        for kind, payload in events:
            id = self.write(kind, payload)
            if kind == "edited":
                flags = "UPDATE event_log SET hidden = 1, superseded_by = ? WHERE id = ?"
                self.db.execute(flags, [id, payload["of"]])
            self.apply(id, kind, payload)

    def skip(self):
        """Gives an id to nothing, as if a rewind had been recorded."""
        self.db.execute("DELETE FROM event_log WHERE id = ?", [self.write("skipped", {})])

    def apply(self, id, kind, payload):
        chat = payload.get("chat_id")
        if kind == "chat":
            self.db.execute("INSERT INTO chats (id, title, messages) VALUES (?, ?, 0)", [chat, payload["title"]])
        elif kind == "renamed":
            self.db.execute("UPDATE chats SET title = ? WHERE id = ?", [payload["title"], chat])
        elif kind == "bot":
            self.db.execute("INSERT INTO bots (id, name) VALUES (?, ?)", [payload["bot"], payload["name"]])
        elif kind == "memory":
            self.db.execute("INSERT INTO memories (id, chat, text) VALUES (?, ?, ?)", [id, chat, payload["text"]])
        elif kind == "message":
            self.say(id, payload)
            self.db.execute("DELETE FROM chat_state WHERE chat = ?", [chat])
            self.db.execute("INSERT INTO chat_state VALUES (?, ?)", [chat, payload["text"]])
        elif kind == "edited":
            self.db.execute("DELETE FROM activity WHERE event = ?", [payload["of"]])
            self.say(payload["of"], payload)
        elif kind == "rewind" and self.way == "appends":
            # What was projected of the lost events is forgotten by projecting the others again.
            self.rebuild(id)

    def say(self, event, payload):
        chat = payload["chat_id"]
        row = [event, chat, payload["speaker"], payload["text"]]
        self.db.execute("INSERT INTO activity (event, chat, speaker, text) VALUES (?, ?, ?, ?)", row)
        if self.schema != "composite":
            count = "SELECT count(*) FROM activity WHERE chat = ?"
            self.db.execute(f"UPDATE chats SET messages = ({count}) WHERE id = ?", [chat, chat])

    def read_log(self, after, up_to):
        """The events that count, as far as flags and deletions tell."""
        return self.db.execute(
            "SELECT id, kind, payload_json FROM event_log WHERE id > ? AND id <= ? AND NOT hidden ORDER BY id",
            [after, up_to],
        ).fetchall()

    def rebuild(self, up_to):
        for table in PROJECTED:
            self.db.execute(f"DELETE FROM {table}")
        events = [(id, kind, json.loads(payload)) for id, kind, payload in self.read_log(0, up_to)]
        lost = {
            id
            for record, what, rewind in events
            for id, _, payload in events
            if what == "rewind" and rewind["to_event_id"] < id < record and payload.get("chat_id") == rewind["chat_id"]
        }
        for id, kind, payload in events:
            if id not in lost and kind != "rewind":
                self.apply(id, kind, payload)

    def rewind(self, chat, target):
        of_chat = "id > ? AND json_extract(payload_json, '$.chat_id') = ?"
        if self.way == "deletes":
            self.db.execute(f"DELETE FROM event_log WHERE {of_chat}", [target, chat])
        record = self.write("rewind", {"chat_id": chat, "to_event_id": target})
        if self.way == "flags":
            flags = f"UPDATE event_log SET hidden = 1, superseded_by = ? WHERE {of_chat} AND id < ?"
            self.db.execute(flags, [record, target, chat, record])
        self.rebuild(record)

    def snapshot(self, kind):
        return str(self.seed.take_snapshot(self.db, data_dir=self.folder, kind=kind))

    def start(self):
        """Loads the newest checkpoint and applies what is newer; the ids of those events."""
        last = self.seed.restore_from_snapshot(self.db, self.seed.latest_snapshot_path(self.folder))
        newer = self.read_log(last, 2**63 - 1)
        for id, kind, payload in newer:
            self.apply(id, kind, json.loads(payload))
        return [id for id, _, _ in newer]

    def dump(self):
        """All projected rows, by table."""
        self.db.row_factory = sqlite3.Row
        return {table: [dict(row) for row in self.db.execute(f"SELECT * FROM {table}")] for table in PROJECTED}


def load(path):
    spec = importlib.util.spec_from_file_location("seed", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(seed_file, schema, way, database, folder, commands):
    host = Host(load(seed_file), schema, way, database, Path(folder))
    results = []
    for name, *arguments in json.loads(commands):
        results.append(getattr(host, name)(*arguments))
        host.db.commit()
    host.db.close()
    print(json.dumps(results))


main(*sys.argv[1:])
