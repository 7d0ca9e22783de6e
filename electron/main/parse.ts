import * as v from 'valibot';
import type { ArgsOf, RequestName } from '../contract.ts';
import { id } from './argument-schemas.ts';
import { requestSchemas } from './request-schemas.ts';

/** A checked request of the window: its name exists, and its arguments have exactly the right shape. */
export type Parsed = { [N in RequestName]: { readonly name: N; readonly args: ArgsOf<N> } }[RequestName];

const requestName = v.custom<RequestName>(
  (name) => typeof name === 'string' && Object.hasOwn(requestSchemas, name),
  'an unknown request',
);
const envelope = v.strictObject({ requestId: id, name: requestName, args: v.unknown() });

/**
 * Checks a message of the window completely.
 * @throws a `TypeError` that says what is wrong: the window never sends such a message, so it is a bug or an attack
 */
export function parseRequest(message: unknown): { readonly requestId: string; readonly request: Parsed } {
  const { requestId, name, args } = parse(envelope, message, 'the envelope');
  const schema: v.GenericSchema = requestSchemas[name];
  // The arguments have just been checked with the schema for this name.
  return { requestId, request: { name, args: parse(schema, args, name) } as Parsed };
}

const drop = v.strictObject({
  requestId: id,
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  beside: v.nullable(id),
});

/** A file or folder that was dropped on the window, and the folder that is open there. */
export type Drop = v.InferOutput<typeof drop>;

/** Checks the message that opens a dropped file or folder. @throws a `TypeError` */
export function parseDrop(message: unknown): Drop {
  return parse(drop, message, 'a drop');
}

/** Checks the id of a request to cancel. @throws a `TypeError` */
export function parseCancel(message: unknown): string {
  return parse(id, message, 'a cancel');
}

function parse<T>(schema: v.GenericSchema<T>, value: unknown, subject: string): T {
  const result = v.safeParse(schema, value);
  if (!result.success)
    throw new TypeError(
      `Refused ${subject}: ${result.issues.map((issue) => `${v.getDotPath(issue) ?? ''} ${issue.message}`).join('; ')}`,
    );
  return result.output;
}
