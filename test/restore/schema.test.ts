import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, planRestore } from '../../src/index.ts';
import { asHost, codeOf, makeRoot, open } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { live, tell } from '../support/story.ts';

/** What depends on the tables that a restore writes: triggers, foreign keys and their actions. */
const root = makeRoot();

describe.concurrent("the host's triggers", () => {
  test('do not run, are put back verbatim, and what they would have written stays', async () => {
    const { plan, place, since } = await tell(root(), {
      schema: `CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE audit (what TEXT);
        CREATE TRIGGER IF NOT EXISTS "we""ird" AFTER
          INSERT ON bots /* ; END */ WHEN new.id > 0 BEGIN INSERT INTO audit VALUES ('in; END'); END;
        CREATE TRIGGER gone BEFORE DELETE ON bots BEGIN INSERT INTO audit VALUES ('out ' || old.name); END;
        CREATE TRIGGER refuse BEFORE INSERT ON bots WHEN new.name = 'never' BEGIN SELECT RAISE(ABORT, 'no'); END;
        CREATE TRIGGER touched AFTER UPDATE OF name ON bots BEGIN INSERT INTO audit VALUES ('up'); END;`,
      before: "INSERT INTO bots VALUES (1, 'ada'), (2, 'bo');",
      since:
        "DELETE FROM bots WHERE id = 1; UPDATE bots SET name = 'Bo' WHERE id = 2; INSERT INTO bots VALUES (3, 'cy');",
      bystanders: ['audit'],
    });
    expect(plan.triggers).toEqual([
      { name: 'gone', table: 'bots', handling: 'set-aside' },
      { name: 'refuse', table: 'bots', handling: 'set-aside' },
      { name: 'we"ird', table: 'bots', handling: 'set-aside' },
    ]);
    expect(plan.bystanders).toEqual(['audit']);
    expect(readState(place.databaseFile).tables.audit).toEqual(since.tables.audit);
  });

  test('run in the same order as before, including those that were not set aside', async () => {
    const { place, plan } = await tell(root(), {
      schema: `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE audit (what TEXT);
        CREATE VIRTUAL TABLE memories_fts USING fts5(text);
        CREATE TRIGGER z AFTER INSERT ON memories BEGIN INSERT INTO audit VALUES ('z'); END;
        CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO memories_fts(rowid, text) VALUES (new.id, new.text); END;
        CREATE TRIGGER m AFTER UPDATE ON memories BEGIN INSERT INTO audit VALUES ('m1'); END;
        CREATE TRIGGER ad AFTER DELETE ON memories BEGIN DELETE FROM memories_fts WHERE rowid = old.id; END;
        CREATE TRIGGER a AFTER INSERT ON memories BEGIN INSERT INTO audit VALUES ('a'); END;
        CREATE TRIGGER b AFTER UPDATE ON memories BEGIN INSERT INTO audit VALUES ('m2'); END;`,
      before: "INSERT INTO memories VALUES (1, 'one');",
      since: "INSERT INTO memories VALUES (2, 'two'); UPDATE memories SET text = 'three' WHERE id = 1;",
      bystanders: ['audit'],
    });
    expect(plan.triggers.map(({ name, handling }) => `${name} ${handling}`)).toEqual([
      'ad kept',
      'ai kept',
      'a set-aside',
      'z set-aside',
    ]);
    const fired = asHost(place, (db) => {
      const names = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
        .pluck();
      const what = db.prepare<[number], string>('SELECT what FROM audit WHERE rowid > ?').pluck();
      const count = Number(db.prepare('SELECT max(rowid) FROM audit').pluck().get());
      db.exec("INSERT INTO memories VALUES (3, 'new'); UPDATE memories SET text = '' WHERE id = 3;");
      return { names: names.all(), what: what.all(count) };
    });
    expect(fired.names).toEqual(['z', 'ai', 'm', 'ad', 'a', 'b']);
    expect(fired.what).toEqual(['a', 'z', 'm2', 'm1']);
  });

  test('run again when the host writes after a restore', async () => {
    const { place } = await tell(root(), {
      schema: `CREATE TABLE bots (id INTEGER PRIMARY KEY); CREATE TABLE audit (n INTEGER);
        CREATE TRIGGER counted AFTER INSERT ON bots BEGIN INSERT INTO audit VALUES (new.id); END;`,
      before: 'INSERT INTO bots VALUES (1);',
      since: 'DELETE FROM bots; INSERT INTO bots VALUES (2);',
      bystanders: ['audit'],
    });
    asHost(place, (db) => db.exec('INSERT INTO bots VALUES (77)'));
    expect(readState(place.databaseFile).tables.audit).toContain('integer 77');
  });
});

describe.concurrent('foreign keys', () => {
  test('may point in any direction, to the row itself and in rings, and are whole afterwards', async () => {
    const { receipt } = await tell(root(), {
      schema: `CREATE TABLE scenes (id INTEGER PRIMARY KEY, next INTEGER REFERENCES scenes(id), bot TEXT REFERENCES bots(id));
        CREATE TABLE bots (id TEXT PRIMARY KEY, home INTEGER REFERENCES scenes(id) DEFERRABLE INITIALLY DEFERRED);`,
      before: `BEGIN; INSERT INTO bots VALUES ('a', 2), ('b', 1);
        INSERT INTO scenes VALUES (3, 3, NULL), (1, 3, 'a'), (2, 1, 'b'); COMMIT;`,
      since: `PRAGMA defer_foreign_keys = ON; BEGIN; DELETE FROM scenes; DELETE FROM bots;
        INSERT INTO bots VALUES ('c', NULL); INSERT INTO scenes VALUES (9, 9, 'c'); COMMIT;`,
    });
    expect(receipt.checks).toContainEqual(expect.objectContaining({ check: 'foreign-keys', result: 'ok' }));
  });

  test('never cascade into a table that the plan does not name', async () => {
    const { receipt } = await tell(root(), {
      schema: `CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);
        CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id) ON DELETE CASCADE ON UPDATE CASCADE, text);
        CREATE TABLE pins (id INTEGER PRIMARY KEY, draft INTEGER REFERENCES drafts(id) ON DELETE SET NULL,
          chat TEXT REFERENCES chats(id) ON DELETE SET NULL);`,
      before: "INSERT INTO chats VALUES ('c1', 'One'), ('c2', 'Two');",
      since: `UPDATE chats SET title = title || ' now'; INSERT INTO drafts VALUES (1, 'c1', 'half'), (2, 'c2', 'whole');
        INSERT INTO pins VALUES (1, 1, 'c1'), (2, 2, 'c2');`,
      options: { rewrite: 'all' },
      bystanders: ['drafts', 'pins'],
    });
    const bystanders = receipt.checks.filter(({ check }) => check === 'bystanders');
    expect(bystanders.map(({ subject, result }) => [subject, result]).sort()).toEqual([
      ['drafts', 'ok'],
      ['pins', 'ok'],
    ]);
  });

  test('are followed over several tables to those that the plan does not name', async () => {
    const { receipt } = await tell(root(), {
      schema: `CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT);
        CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id));
        CREATE TABLE pins (id INTEGER PRIMARY KEY, draft INTEGER REFERENCES drafts(id)); CREATE TABLE far (a);`,
      before: "INSERT INTO chats VALUES ('c1', 'One');",
      since:
        "UPDATE chats SET title = 'Two'; INSERT INTO drafts VALUES (1, 'c1'); INSERT INTO pins VALUES (1, 1);",
      bystanders: ['drafts', 'pins', 'far'],
    });
    const bystanders = receipt.checks.filter(({ check }) => check === 'bystanders');
    expect(bystanders.map(({ subject }) => subject).sort()).toEqual(['drafts', 'pins']);
  });

  test('without an index in the parent are not checked, but the others are', async () => {
    const odd = 'CREATE TABLE odd (b REFERENCES chats(title));';
    const { place, id, since } = await live(root(), {
      schema: `CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT); ${odd}
        CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id));`,
      before: "INSERT INTO chats VALUES ('c1', 'One');",
      since:
        "PRAGMA foreign_keys = OFF; INSERT INTO chats VALUES ('c2', 'Two'); INSERT INTO drafts VALUES (1, 'c2');",
    });
    const folder = await open(place);
    const request = restoring(id);
    expect((await planRestore(folder, request)).refusals).toMatchObject([{ code: 'leaves-orphans' }]);
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('leaves-orphans');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('of rows whose parents are gone from another table are violated only if that is accepted', async () => {
    const { place, id, since } = await live(root(), {
      schema: `CREATE TABLE people (id TEXT PRIMARY KEY);
        CREATE TABLE chats (id TEXT PRIMARY KEY, owner TEXT REFERENCES people(id) ON DELETE CASCADE);`,
      before:
        "INSERT INTO people VALUES ('ada'), ('bo'); INSERT INTO chats VALUES ('c1', 'ada'), ('c2', 'bo');",
      since: "PRAGMA foreign_keys = ON; DELETE FROM people WHERE id = 'ada';",
    });
    const folder = await open(place);
    const request = restoring(id);
    const { refusals } = await planRestore(folder, request);
    expect(refusals).toMatchObject([
      {
        code: 'leaves-orphans',
        detail: { table: 'chats', parent: 'people', violations: 1 },
      },
    ]);
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('leaves-orphans');
    expect(readState(place.databaseFile)).toEqual(since);
    const accepted = { ...request, acceptDrift: true };
    const plan = await planRestore(folder, accepted);
    expect([plan.refusals, plan.foreignKeyViolations, plan.foreignKeyViolationsAfter]).toEqual([[], 0, 1]);
    const { checks } = await applyRestore(folder, accepted, { ...NOW, planId: plan.planId });
    expect(checks).toContainEqual(expect.objectContaining({ check: 'foreign-keys', result: 'came-back' }));
    await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('that were violated before are named, and no more of them are violated afterwards', async () => {
    const { plan, receipt } = await tell(root(), {
      schema:
        'CREATE TABLE chats (id TEXT PRIMARY KEY); CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat TEXT REFERENCES chats(id));',
      before: "INSERT INTO chats VALUES ('c1');",
      since:
        "PRAGMA foreign_keys = OFF; INSERT INTO drafts VALUES (1, 'nowhere'), (2, 'c1'); INSERT INTO chats VALUES ('c3');",
      bystanders: ['drafts'],
    });
    expect(plan.foreignKeyViolations).toBe(1);
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'foreign-keys', result: 'unchanged-damage' }),
    );
  });
});
