import type { CellPreview, RowCell, TextPart } from '../../src/model/rows.ts';
import { formatBytes } from '../../words/numbers.ts';
import { cellWords } from '../../words/rows.ts';
import { inPlace } from '../parts/in-place.ts';

/** A value of a row in one line: what it is, or of a changed one what it was and what it becomes. */
export function CellContent({ cell }: { readonly cell: RowCell }) {
  const { before, after, isChanged, parts } = cell;
  if (!isChanged) return <Value value={after ?? before} />;
  if (parts !== null) return <Parts parts={parts} />;
  return (
    <>
      <del>
        <Value value={before} />
      </del>{' '}
      <ins>
        <Value value={after} />
      </ins>
    </>
  );
}

const PART_TAGS = { both: 'span', before: 'del', after: 'ins' } as const;

/** Two texts in one: what goes is crossed out, what comes is underlined. */
export function Parts({ parts }: { readonly parts: readonly TextPart[] }) {
  return (
    <bdi className="parts">
      {inPlace(parts).map(({ key, item: part }) => {
        const Part = PART_TAGS[part.in];
        return <Part key={key}>{part.text}</Part>;
      })}
    </bdi>
  );
}

function Value({ value }: { readonly value: CellPreview | null }) {
  if (value === null) return null;
  switch (value.type) {
    case 'null':
    case 'absent':
      return <span className="no-value">{cellWords(value)}</span>;
    case 'integer':
    case 'real':
      return <span>{cellWords(value)}</span>;
    case 'text':
      return (
        <>
          <bdi>{value.text}</bdi>
          {value.isCut && <span className="size"> … {formatBytes(value.bytes)}</span>}
        </>
      );
    case 'blob':
    case 'broken-text':
      return (
        <>
          <span className="size">
            {value.type === 'broken-text' ? 'Broken text' : value.picture === null ? 'Binary' : 'Picture'}{' '}
            {formatBytes(value.bytes)}
          </span>{' '}
          <code>{value.hex}</code>
        </>
      );
  }
}
