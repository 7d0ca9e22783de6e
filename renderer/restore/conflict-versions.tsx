import { Fragment } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import type { ShownConflict, ShownVersion } from '../../src/model/conflicts.ts';
import type { MergeSide } from '../../src/model/selection.ts';
import { conflictName, moreColumnsWords, NOT_THERE, SIDE_WORDS } from '../../words/merge.ts';
import { CellContent } from '../rows/cell-content.tsx';

export type ConflictVersionsProps = {
  readonly conflict: ShownConflict;
  /** Null: nothing is chosen. */
  readonly taken: MergeSide | null;
  readonly onTake: (take: MergeSide) => void;
};

/** Both versions of a row side by side, one of which is taken, and below them what it was just after the rewind. */
export function ConflictVersions({ conflict, taken, onTake }: ConflictVersionsProps) {
  const name = conflictName(conflict);
  return (
    <div className="conflict">
      <p aria-hidden="true">
        <b>
          <bdi>{name}</bdi>
        </b>
      </p>
      <RadioGroup
        className="sides"
        aria-label={name}
        orientation="horizontal"
        value={taken}
        onChange={(value) => onTake(value === 'mine' ? 'mine' : 'theirs')}
      >
        {(['mine', 'theirs'] as const).map((side) => (
          <Radio key={side} value={side} className="choice side-version">
            <span className="dot" />
            <span>
              <b>{SIDE_WORDS[side]}</b>
              <Version conflict={conflict} version={conflict[side]} absent={NOT_THERE[side]} />
            </span>
          </Radio>
        ))}
      </RadioGroup>
      {conflict.base !== null && (
        <div className="version-base dim">
          <span>Just after the rewind</span>
          <Version conflict={conflict} version={conflict.base} absent="" />
        </div>
      )}
      {conflict.moreColumns > 0 && <p className="dim">{moreColumnsWords(conflict)}</p>}
    </div>
  );
}

type VersionProps = {
  readonly conflict: ShownConflict;
  readonly version: ShownVersion | null;
  /** What is said where it does not have the row. */
  readonly absent: string;
};

function Version({ conflict: { columns }, version, absent }: VersionProps) {
  if (version === null) return <span className="absent">{absent}</span>;
  const { said, cells } = version;
  return (
    <>
      {said !== null && (
        <span className="bubble">
          {said.speaker !== null && (
            <span className="bubble-about">
              <bdi>{said.speaker}</bdi>
            </span>
          )}
          <span className="bubble-text" dir="auto">
            {said.text}
          </span>
        </span>
      )}
      <span className="version-cells">
        {columns.map(({ name, isKey }, index) => {
          const cell = cells[index];
          if (isKey || cell === undefined) return null;
          return (
            <Fragment key={name}>
              <span className="dim">
                <bdi>{name}</bdi>{' '}
              </span>
              <span>
                <CellContent cell={{ before: null, after: cell, isChanged: false, parts: null }} />{' '}
              </span>
            </Fragment>
          );
        })}
      </span>
    </>
  );
}
