import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import english from '../../src/locale/en-US.json';

const SOURCE = path.resolve(__dirname, '../../src');
/** A text of the host, which the modern client's menu takes from there. */
const OF_THE_HOST = 'Users & Permissions';

const keysIn = (folder: string): string[] =>
  readdirSync(path.join(SOURCE, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(path.join(SOURCE, folder, name), 'utf8'))
    .flatMap((code) => [...code.matchAll(/\bt\(\s*'((?:[^'\\]|\\.)*)'/g)].map(([, key]) => key));

describe('texts of the page', () => {
  it('are all there to be translated', () => {
    const missing = [...keysIn('client'), ...keysIn('client-v2')].filter((key) => !(key in english));
    expect(missing.filter((key) => key !== OF_THE_HOST)).toEqual([]);
  });
});
