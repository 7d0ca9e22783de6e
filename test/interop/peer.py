"""Runs one function of the seed on a database: peer.py SEED COMMAND ARGUMENT... Prints its result as JSON."""

import importlib.util
import json
import sqlite3
import sys
from pathlib import Path


def load(path):
    spec = importlib.util.spec_from_file_location("seed", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(seed_file, command, database, data_dir, *rest):
    seed = load(seed_file)
    conn = sqlite3.connect(database)
    data = Path(data_dir)
    if command == "take":
        result = str(seed.take_snapshot(conn, data_dir=data, kind=rest[0]))
    elif command == "restore":
        result = seed.restore_from_snapshot(conn, Path(rest[0]))
        conn.commit()
    elif command == "cold-load":
        latest = seed.latest_snapshot_path(data)
        last = seed.restore_from_snapshot(conn, latest)
        conn.commit()
        newer = conn.execute("SELECT COUNT(*) FROM event_log WHERE id > ?", (last,)).fetchone()[0]
        result = {"loaded": str(latest), "eventsToReplay": newer}
    elif command == "due":
        result = seed.should_take_periodic_snapshot(conn, data)
    elif command == "versions":
        result = {"python": sys.version.split()[0], "sqlite": sqlite3.sqlite_version}
    else:
        raise SystemExit(f"unknown command {command}")
    conn.close()
    print(json.dumps(result))


main(*sys.argv[1:])
