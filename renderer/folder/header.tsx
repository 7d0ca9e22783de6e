import { Button } from 'react-aria-components';
import type { ListedSnapshot, OpenFolder } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import { inUseWords } from '../../words/in-use.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { takenBytes } from '../../words/space.ts';
import { useInUse } from '../ask/use-in-use.ts';
import { Icon } from '../parts/icons.tsx';

const LOOK_EVERY_MS = 8_000;

export type HeaderProps = {
  readonly folder: OpenFolder;
  readonly facts: FolderFacts;
  readonly snapshots: readonly ListedSnapshot[] | null;
  readonly onSpace: () => void;
};

/** The name of the folder and the state of its database, as soon as all of that is known: the line does not move then. */
export function FolderHeader({ folder, facts, snapshots, onSpace }: HeaderProps) {
  const inUse = useInUse(folder.folderId, facts.inUse, LOOK_EVERY_MS);
  return (
    <header className="head">
      <span className="mark">
        <Icon name="mark" size={20} />
      </span>
      <h1 className="head-name" title={`${folder.place}/${facts.name}`}>
        {facts.name}
      </h1>
      {facts.demo && <span className="tag plain">demo</span>}
      <p className="head-facts">
        {facts.databaseProblem !== null ? (
          <span className="head-use in-use">No chat database</span>
        ) : inUse === null || facts.events === null ? null : (
          <>
            <span className="head-about">
              <span>{facts.database}</span>
              <span> · {formatBytes(facts.databaseBytes)}</span>
              <span> · {count(facts.events, 'event')}</span>
            </span>{' '}
            <span
              className={inUse.state === 'yes' ? 'head-use in-use' : 'head-use'}
              title={inUseWords(inUse)}
            >
              {inUseWords(inUse)}
            </span>
          </>
        )}
      </p>
      {snapshots !== null && snapshots.length > 0 && (
        <Button className="button quiet head-space" onPress={onSpace}>
          Space {formatBytes(takenBytes(snapshots, facts.trash))}
        </Button>
      )}
    </header>
  );
}
