import fc from 'fast-check';
import { KEY_WORDS } from '../key-words';

/** Stands in a body for what `JSON.stringify` cannot write; see `toText`. */
const RAW = {
  '@huge@': '1e400',
  '@minus zero@': '-0',
  '@long number@': '12345678901234567890.123456789e-7',
  '@deep list@': `${'['.repeat(5000)}${']'.repeat(5000)}`,
  '@deep object@': `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`,
  '@same key twice@': '{"uid":"x","uid":"y"}',
} as const;

/** A value as the text of a body. */
export function toText(value: unknown): string {
  return (JSON.stringify(value) ?? '').replace(/"(@[a-z ]+@)"/g, (text, name: string) =>
    Object.hasOwn(RAW, name) ? RAW[name as keyof typeof RAW] : text,
  );
}

const SCRIPTS = [
  'Ada Lovelace',
  'Åse Nyström',
  'Ελένη',
  'Дмитро',
  'נועה',
  'محمد علي',
  'अनीता',
  'สมชาย',
  '王芳',
  '김민수',
  'さくら',
  'ვანო',
  '👩‍👩‍👧 😀',
  'e\u0301\u0301\u0301',
];
const ODD_TEXTS = [
  '',
  ' ',
  '\t\n',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\u202e\u200b',
  '__proto__',
  '{{uid}}',
  '$&',
  '%00',
  "'; DROP TABLE users; --",
  '../../etc/passwd',
  '=1+1',
  'null',
  '1e400',
  '-0',
  '9007199254740993',
  'x'.repeat(256),
  'ü'.repeat(5000),
];
/** Words of the API: what stands in the wrong place may be right elsewhere. */
const API_WORDS = ['user', 'department', 'full', 'delta', 'uid', 'email', 'departments', 'isDeleted', 'api', 'matches'];
const ODD_NUMBERS = [0, 1, -1, 0.1, 1.5, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e308, -1e-320, 1e21];

export const word = fc.constantFrom<string>(...KEY_WORDS);
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: word },
  { weight: 2, arbitrary: fc.constantFrom(...SCRIPTS) },
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 2, arbitrary: fc.constantFrom(...API_WORDS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
export const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_NUMBERS) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 2, arbitrary: fc.constantFrom(true, false, null) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(RAW)) },
);

/** Any JSON, small, and now and then wide or long. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(tie('json'), { maxLength: 4 }) },
    { weight: 3, arbitrary: fc.dictionary(fc.oneof(word, text), tie('json'), { maxKeys: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(600, 1100, 12_000).map((length) => Array.from({ length }, () => 'd1')) },
    { weight: 1, arbitrary: fc.constantFrom(60, 600).map(wide) },
  ),
})).json;

function wide(length: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length }, (_, index) => [`f${index}`, index]));
}

/** Mostly what belongs there, sometimes anything. */
export const mostly = <T>(right: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<unknown> =>
  fc.oneof({ weight, arbitrary: right }, { weight: 1, arbitrary: json });
