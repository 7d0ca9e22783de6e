import type { RestoreReceipt } from '../../src/model/receipt.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import { lastBack } from '../../words/done.ts';
import { stayWords } from '../../words/newer.ts';
import { formatMilliseconds, formatNumber } from '../../words/numbers.ts';
import type { Verb } from '../../words/plan.ts';
import {
  type CheckWords,
  checksByKind,
  exceptionWords,
  shortHash,
  verifiedLine,
} from '../../words/receipt.ts';
import { Fold } from '../parts/fold.tsx';
import { Icon } from '../parts/icons.tsx';

export type ReceiptViewProps = {
  readonly receipt: RestoreReceipt;
  /** The plan that was applied. */
  readonly plan: RestorePlan;
  readonly verb: Verb;
};

/** What is there now, and that it was verified. The proof is folded away: the checks, the hashes, the files. */
export function ReceiptView({ receipt, plan, verb }: ReceiptViewProps) {
  const checks = checksByKind(receipt.checks);
  const last = verb === 'Undo' ? null : lastBack(plan);
  const exceptions = exceptionWords(receipt);
  const stays = stayWords(plan.replay);
  return (
    <div className="receipt">
      {last !== null && (
        <article className="bubble back">
          {last.speaker !== null && (
            <p className="bubble-about">
              <bdi>{last.speaker}</bdi>
            </p>
          )}
          <p className="bubble-text" dir="auto">
            {last.text}
          </p>
        </article>
      )}
      {exceptions !== null && <p className="note warn">{exceptions}</p>}
      <ul className="checks">
        <li className="passed">
          <Icon name="check" />
          <span>{verifiedLine(receipt)}</span>
        </li>
        {checks
          .filter(({ passed }) => !passed)
          .map((check) => (
            <CheckLine key={check.text} {...check} />
          ))}
      </ul>
      {stays !== null && <p>{stays}</p>}
      {receipt.checkpointId !== null && stays === null && (
        <p className="dim">You can open the chat app again. It starts from this state.</p>
      )}
      <Fold title="Technical details" className="technical">
        <ul className="checks">
          {checks.map((check) => (
            <CheckLine key={check.text} {...check} />
          ))}
        </ul>
        <ReceiptFacts receipt={receipt} verb={verb} />
        <HashTable receipt={receipt} />
      </Fold>
    </div>
  );
}

function ReceiptFacts({ receipt, verb }: Omit<ReceiptViewProps, 'plan'>) {
  return (
    <dl className="facts">
      <dt>{verb === 'Undo' ? 'Redo' : 'Undo'}</dt>
      <dd>
        at any time, from the safety copy <code>{receipt.safetyCopyId}</code>
      </dd>
      {receipt.checkpointId !== null && (
        <>
          <dt>Checkpoint</dt>
          <dd>
            <code>{receipt.checkpointId}</code>
          </dd>
        </>
      )}
      <dt>Last event</dt>
      <dd>{String(receipt.lastEventId)}</dd>
      <dt>Locked for</dt>
      <dd>
        {formatMilliseconds(receipt.writeLockMs)}
        {receipt.whileOpen && ', while another program had the database open'}
      </dd>
    </dl>
  );
}

/** The content hash of each table. */
function HashTable({ receipt }: { readonly receipt: RestoreReceipt }) {
  return (
    <table className="hashes">
      <thead>
        <tr>
          <th scope="col">Table</th>
          <th scope="col">Rows</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {receipt.tables.map((table) => (
          <tr key={table.name}>
            <th scope="row">{table.name}</th>
            <td>{formatNumber(table.rows)}</td>
            <td>
              <code title={table.beforeHash}>{shortHash(table.beforeHash)}</code>
            </td>
            <td>
              <code title={table.afterHash}>{shortHash(table.afterHash)}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function CheckLine({ text, remarks, passed }: CheckWords) {
  return (
    <li className={passed ? 'passed' : 'not-run'}>
      <Icon name={passed ? 'check' : 'warning'} />
      <span>
        {text}
        {remarks !== '' && <span className="dim"> ({remarks})</span>}
      </span>
    </li>
  );
}
