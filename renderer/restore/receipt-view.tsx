import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import type { CheckResult, RestoreReceipt } from '../../src/model/restore.ts';
import { Icon } from '../parts/icons.tsx';
import { formatMilliseconds } from '../words/time.ts';
import { count, formatNumber, joinWords, shortHash } from '../words/words.ts';

type Check = CheckResult['check'];

const CHECKS: { readonly [C in Check]: string } = {
  'content-hash': 'Every row of every table is the snapshot’s',
  bystanders: 'No other table changed',
  'foreign-keys': 'Foreign keys hold',
  integrity: 'The file’s structure is sound',
  'search-index': 'The search index matches its table',
  schema: 'The schema is the same',
  checkpoint: 'The fresh checkpoint is in its place',
};

const RESULTS: { readonly [R in CheckResult['result']]: string } = {
  ok: '',
  'unchanged-damage': 'damage from before, not grown',
  'came-back': 'not all',
  rebuilt: 'was out of date, built anew',
  'not-run': 'could not be checked',
};

/** The proof of what was done: the checks, the hashes, the lock time, and where the way back is. */
export function ReceiptView({ receipt }: { readonly receipt: RestoreReceipt }) {
  const checks = Map.groupBy(receipt.checks, (check) => check.check);
  const touched = receipt.tables.filter((table) => table.beforeHash !== table.afterHash);
  return (
    <div className="receipt">
      <p className="lead">
        {receipt.action === 'undo'
          ? 'Everything is as it was before the restore.'
          : 'Everything is in place.'}{' '}
        Checked before it counted, on {count(receipt.tables.length, 'table')}.
        {receipt.checkpointId !== null && ' You can open the chat app again: it starts from this state.'}
      </p>
      <ul className="checks">
        {[...checks].map(([check, results]) => (
          <CheckLine key={check} check={check} results={results} />
        ))}
      </ul>
      <dl className="facts">
        <dt>Way back</dt>
        <dd>
          Undo, from the safety copy <code>{receipt.safetyCopyId}</code>
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
        <dd>{formatNumber(receipt.lastEventId)}</dd>
        <dt>Others waited</dt>
        <dd>
          at most {formatMilliseconds(receipt.writeLockMs)} to write
          {receipt.whileOpen && ', while the database was open elsewhere'}
        </dd>
      </dl>
      <Disclosure className="fold">
        <Heading level={3}>
          <Button slot="trigger" className="fold-button">
            <Icon name="chevron" />
            Hashes of {count(receipt.tables.length, 'table')}, {formatNumber(touched.length)} changed
          </Button>
        </Heading>
        <DisclosurePanel>
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
        </DisclosurePanel>
      </Disclosure>
    </div>
  );
}

function CheckLine({ check, results }: { readonly check: Check; readonly results: readonly CheckResult[] }) {
  const odd = results.filter((one) => one.result !== 'ok');
  const remarks = odd.map((one) =>
    [one.subject, RESULTS[one.result], one.detail].filter((part) => part !== null && part !== '').join(': '),
  );
  // What was accepted is no success either.
  const isOpen = odd.some(({ result }) => result === 'not-run' || result === 'came-back');
  return (
    <li className={isOpen ? 'not-run' : 'passed'}>
      <Icon name={isOpen ? 'warning' : 'check'} />
      <span>
        {CHECKS[check]}
        {remarks.length > 0 && <span className="dim"> ({joinWords(remarks)})</span>}
      </span>
    </li>
  );
}
