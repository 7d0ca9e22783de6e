import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { CellDetail, CellPreview, JsonLine } from '../../src/model/rows.ts';
import { formatBytes } from '../../words/numbers.ts';
import { cellWords } from '../../words/rows.ts';
import { useRequest } from '../ask/use-request.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { inPlace } from '../parts/in-place.ts';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { Parts } from './cell-content.tsx';

export type CellDetailViewProps = {
  readonly rowsId: string;
  readonly table: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
};

const SIDES = ['before', 'after'] as const;
const SIDE_WORDS = { before: 'Before', after: 'After' } as const;

/** One value in full: its words or its structure compared where it changes, a picture on request. */
export function CellDetailView({ name, ...place }: CellDetailViewProps) {
  const { value: detail, error } = useRequest('rows.cell', place);
  return (
    <ScrollArea className="cell-detail" label={`Value of ${name}`}>
      {error !== null && <ErrorNote error={error} />}
      {detail !== null && (
        <>
          <Body detail={detail} />
          {SIDES.map((side) => {
            const value = detail[side];
            return value?.type === 'blob' && value.picture !== null ? (
              <Picture key={side} {...place} side={side} bytes={value.bytes} />
            ) : null;
          })}
          {detail.isCut && (
            <p className="dim">
              Only a part is shown{sizesOf(detail)}. “Copy value” copies up to 20 MB, and an export holds all
              of it.
            </p>
          )}
        </>
      )}
    </ScrollArea>
  );
}

function sizesOf({ before, after }: CellDetail): string {
  const sizes = [before, after].flatMap((value) =>
    value !== null && 'bytes' in value ? [formatBytes(value.bytes)] : [],
  );
  return sizes.length === 0 ? '' : ` of ${[...new Set(sizes)].join(' and ')}`;
}

function Body({ detail }: { readonly detail: CellDetail }) {
  const { json, parts, isChanged, before, after } = detail;
  if (json !== null) return <JsonTree lines={json} />;
  if (parts !== null)
    return (
      <pre className="whole" dir="auto">
        <Parts parts={parts} />
      </pre>
    );
  if (!isChanged) return <Whole value={after ?? before} />;
  return (
    <dl className="both">
      {SIDES.map((side) => (
        <div key={side} className={side}>
          <dt>{SIDE_WORDS[side]}</dt>
          <dd>
            <Whole value={detail[side]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Whole({ value }: { readonly value: CellPreview | null }) {
  if (value === null) return null;
  switch (value.type) {
    case 'text':
      return (
        <pre className="whole" dir="auto">
          {value.text}
        </pre>
      );
    case 'blob':
    case 'broken-text':
      return (
        <>
          <p className="dim">
            {value.type === 'blob' ? 'Binary' : 'Text that is not valid Unicode'}, {formatBytes(value.bytes)}
          </p>
          <pre className="hex">{value.hex}</pre>
        </>
      );
    case 'null':
      return <p className="no-value">NULL</p>;
    case 'absent':
      return <p className="no-value">This state has no such column.</p>;
    case 'integer':
    case 'real':
      return <p className="whole">{value.type === 'integer' ? String(value.value) : cellWords(value)}</p>;
  }
}

const MARKS = { both: ' ', before: '−', after: '+' } as const;

function JsonTree({ lines }: { readonly lines: readonly JsonLine[] }) {
  return (
    <pre className="json">
      {inPlace(lines).map(({ key, item: line }) => (
        <span
          key={key}
          className={`json-line ${line.in}`}
          style={{ paddingInlineStart: `${2 + 2 * line.depth}ch` }}
        >
          <span className="json-mark">{MARKS[line.in]}</span>
          <bdi>{line.text}</bdi>
        </span>
      ))}
    </pre>
  );
}

type PictureProps = Omit<CellDetailViewProps, 'name'> & {
  readonly side: 'before' | 'after';
  readonly bytes: number;
};

/** A picture is decoded only when somebody asks for it: it may come from anybody. */
function Picture({ bytes, ...place }: PictureProps) {
  const [isShown, setShown] = useState(false);
  const picture = useRequest('rows.picture', isShown ? place : null);
  if (!isShown)
    return (
      <Button className="button" onPress={() => setShown(true)}>
        Show the picture ({formatBytes(bytes)})
      </Button>
    );
  if (picture.busy) return <p className="dim">Reading the picture</p>;
  return picture.value === null ? (
    <p className="dim">It is too large to be shown.</p>
  ) : (
    <img className="cell-picture" alt="What the value holds" src={picture.value} />
  );
}
