import type { TimeInId } from '../host/profile.ts';

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const ULID_DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[67][0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const WHOLE_NUMBER = /^\d{1,19}$/;
/** UUIDs of version 6 count from the Gregorian calendar's first day on, in steps of 100 ns. */
const GREGORIAN_MS = 12_219_292_800_000;
const UUID_STEPS_PER_MS = 10_000n;

/** The time that an id holds, in milliseconds since 1970; NaN where it is not of the profile's form. */
export function timeInId(id: string, { form, epoch, bits }: TimeInId): number {
  if (form === 'snowflake')
    return WHOLE_NUMBER.test(id) ? Number(BigInt(id) >> BigInt(bits)) + (epoch ?? 0) : Number.NaN;
  if (form === 'ulid') return ULID.test(id) ? readUlid(id) : Number.NaN;
  return UUID.test(id) ? readUuid(id.replaceAll('-', '')) : Number.NaN;
}

function readUlid(id: string): number {
  const digits = [...id.slice(0, 10).toUpperCase()].map((digit) => ULID_DIGITS.indexOf(digit));
  return digits.reduce((sum, digit) => sum * 32 + digit, 0);
}

function readUuid(hex: string): number {
  if (hex[12] === '7') return Number.parseInt(hex.slice(0, 12), 16);
  const steps = BigInt(`0x${hex.slice(0, 12)}${hex.slice(13, 16)}`);
  return Number(steps / UUID_STEPS_PER_MS) - GREGORIAN_MS;
}
