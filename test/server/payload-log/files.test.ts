import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { DailyFile, rotationOfHost } from '../../../src/server/payload-log/daily-file';
import { localTime } from '../../../src/server/payload-log/log-files';

const ENDLESS = { maxSize: Infinity };
const at = (time: string) => () => new Date(time);

describe('the files of the payload log', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(process.env.STORAGE_PATH as string, 'files-'));
  });
  const files = () => readdirSync(folder).sort();
  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  const make = (...names: string[]) => names.forEach((name) => writeFileSync(path.join(folder, name), 'old\n'));

  it('are one a day', async () => {
    const times = ['2026-01-31T23:59:59', '2026-02-01T00:00:00', '2026-02-01T12:00:00'];
    const log = new DailyFile(folder, ENDLESS, () => new Date(times[0]));
    for (; times.length > 0; times.shift()) await log.append(times[0]);
    expect(files()).toEqual(['2026-01-31.log', '2026-02-01.log']);
    expect(read('2026-02-01.log')).toBe('2026-02-01T00:00:00\n2026-02-01T12:00:00\n');
  });

  it('are more of them when one grows too large, also after a restart', async () => {
    const rotation = { maxSize: 10 };
    const log = new DailyFile(folder, rotation, at('2026-01-31T12:00:00'));
    for (const line of ['0123456789', 'second', 'third']) await log.append(line);
    expect(files()).toEqual(['2026-01-31.log', '2026-01-31.log.1']);
    expect(read('2026-01-31.log.1')).toBe('second\nthird\n');
    await new DailyFile(folder, rotation, at('2026-01-31T13:00:00')).append('fourth');
    expect(read('2026-01-31.log.2')).toBe('fourth\n');
  });

  it('are kept for 14 days, and nothing else is touched', async () => {
    make('2026-01-16.log', '2026-01-16.log.1', '2026-01-17.log', '2026-01-30.log', '2026-01-01.log.gz', 'notes.txt');
    const log = new DailyFile(folder, ENDLESS, at('2026-01-31T12:00:00'));
    await log.append('today');
    expect(files()).toEqual(['2026-01-01.log.gz', '2026-01-17.log', '2026-01-30.log', '2026-01-31.log', 'notes.txt']);
  });

  it('are as many as an administrator says', async () => {
    make('2026-01-28.log', '2026-01-29.log', '2026-01-30.log', '2026-01-30.log.2', '2026-01-30.log.10');
    await new DailyFile(folder, { maxSize: Infinity, maxFiles: 3 }, at('2026-01-31T12:00:00')).append('today');
    expect(files()).toEqual(['2026-01-30.log.10', '2026-01-30.log.2', '2026-01-31.log']);
  });

  it.each([
    [{}, { maxSize: Infinity, maxFiles: undefined }],
    [
      { LOGGER_MAX_SIZE: '1048576', LOGGER_MAX_FILES: '30' },
      { maxSize: 1048576, maxFiles: 30 },
    ],
    // As the host understands it, too.
    [
      { LOGGER_MAX_SIZE: '20m', LOGGER_MAX_FILES: '30d' },
      { maxSize: Infinity, maxFiles: undefined },
    ],
  ])('turn over as those of the host: %j', (env, rotation) => {
    expect(rotationOfHost(env)).toEqual(rotation);
  });

  it('have whole lines when several processes and runs write at once', async () => {
    const now = at('2026-01-31T12:00:00');
    const logs = [1, 2].map(() => new DailyFile(folder, ENDLESS, now));
    const line = (writer: string) => JSON.stringify({ writer, text: writer.repeat(200_000) });
    await logs[0].append(line('0'));
    const script = `for (let i = 0; i < 50; i += 1) require('node:fs').appendFileSync(process.argv[1], process.argv[2].repeat(200000) + '\\n')`;
    const child = spawn(process.execPath, ['-e', script, path.join(folder, '2026-01-31.log'), '9']);
    const exit = once(child, 'exit');
    while (child.exitCode === null) await Promise.all(logs.map((log, index) => log.append(line(String(index)))));
    await exit;
    const lines = read('2026-01-31.log').split('\n').filter(Boolean);
    const isWhole = (text: string) => text === '9'.repeat(200_000) || text === line('0') || text === line('1');
    expect(lines.filter((text) => !isWhole(text))).toEqual([]);
    expect(lines.filter((text) => text.startsWith('9'))).toHaveLength(50);
  });

  describe('that somebody else lays hands on while a line is written', () => {
    const log = () => new DailyFile(folder, ENDLESS, at('2026-01-31T12:00:00'));
    const file = () => path.join(folder, '2026-01-31.log');

    /** Lets something happen to each of the first writes, in the place of the write or before it. */
    function interfere(times: number, change: (line: Buffer) => Promise<unknown>) {
      const { open } = fs;
      jest.spyOn(fs, 'open').mockImplementation(async (...args) => {
        const handle = await open(...args);
        const write = handle.write.bind(handle) as (line: Buffer) => Promise<unknown>;
        const changed = async (line: Buffer) => ((times -= 1) < 0 ? undefined : await change(line)) ?? write(line);
        return Object.assign(handle, { write: changed });
      });
    }
    afterEach(() => jest.restoreAllMocks());

    it('have the line when the file is deleted', async () => {
      interfere(2, () => fs.rm(file()));
      await log().append('line');
      expect(read('2026-01-31.log')).toBe('line\n');
    });

    it('have the line when the folder is deleted', async () => {
      interfere(1, () => fs.rm(folder, { recursive: true }));
      await log().append('line');
      expect(read('2026-01-31.log')).toBe('line\n');
    });

    it('have the whole line when only a part of it could be written', async () => {
      interfere(1, async () => {
        appendFileSync(file(), 'li');
        return { bytesWritten: 2 };
      });
      await log().append('line');
      expect(read('2026-01-31.log')).toBe('li\nline\n');
    });

    it('say so when it happens again and again', async () => {
      interfere(Infinity, () => fs.rm(file()));
      await expect(log().append('line')).rejects.toThrow('deleted again and again');
    });
  });

  it('separate a line that was cut off from the next', async () => {
    const log = new DailyFile(folder, ENDLESS, at('2026-01-31T12:00:00'));
    await log.append('{"a":1}');
    appendFileSync(path.join(folder, '2026-01-31.log'), '{"a":');
    await log.append('{"a":2}');
    await log.append('{"a":3}');
    expect(read('2026-01-31.log')).toBe('{"a":1}\n{"a":\n{"a":2}\n{"a":3}\n');
  });
});

it('shows times as the clock of the server does', () => {
  expect(localTime(new Date(2026, 0, 31, 23, 59, 59))).toBe('2026-01-31 23:59:59');
  expect(localTime(new Date(2026, 6, 1, 0, 0, 0))).toBe('2026-07-01 00:00:00');
});
