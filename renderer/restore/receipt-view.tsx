import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import type { CheckResult, RestoreReceipt } from '../../src/model/restore.ts';
import { formatMilliseconds, formatNumber } from '../../words/numbers.ts';
import type { Verb } from '../../words/plan.ts';
import { count } from '../../words/plurals.ts';
import { type Check, checkWords, receiptLead, shortHash } from '../../words/receipt.ts';
import { Icon } from '../parts/icons.tsx';

/** The proof of a restore: the checks, the hashes, how long the database was locked, and how to undo it. */
export function ReceiptView({ receipt, verb }: { readonly receipt: RestoreReceipt; readonly verb: Verb }) {
  const checks = Map.groupBy(receipt.checks, (check) => check.check);
  const touched = receipt.tables.filter((table) => table.beforeHash !== table.afterHash);
  return (
    <div className="receipt">
      <p className="lead">{receiptLead(verb, receipt)}</p>
      <ul className="checks">
        {[...checks].map(([check, results]) => (
          <CheckLine key={check} check={check} results={results} />
        ))}
      </ul>
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
        <dd>{formatNumber(receipt.lastEventId)}</dd>
        <dt>Locked for</dt>
        <dd>
          {formatMilliseconds(receipt.writeLockMs)}
          {receipt.whileOpen && ', while another program had the database open'}
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
  const { text, remarks, passed } = checkWords(check, results);
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
