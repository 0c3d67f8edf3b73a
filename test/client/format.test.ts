import { formatAgo, formatDuration, formatTime, formatValue } from '../../src/client/page/format';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');

describe('formats', () => {
  it.each([
    [null, '–'],
    [0, '0 ms'],
    [320, '320 ms'],
    [4200, '4.2 sec'],
    [180_000, '3 min'],
    [9_000_000, '2.5 hr'],
  ])('a duration of %p ms reads %s', (ms, text) => expect(formatDuration(ms, 'en-US')).toBe(text));

  it.each([
    [undefined, '–'],
    ['2026-11-20T12:00:00.000Z', 'now'],
    ['2026-11-20T11:57:00.000Z', '3 minutes ago'],
    ['2026-11-19T12:00:00.000Z', 'yesterday'],
    ['2024-11-20T12:00:00.000Z', '2 years ago'],
  ])('%p reads %s', (iso, text) => expect(formatAgo(iso, 'en-US', NOW)).toBe(text));

  it('times are in the language and the time zone of the person', () => {
    const iso = '2026-11-20T12:00:00.000Z';
    const expected = (locale: string) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
    expect(formatTime(iso, 'en-US')).toBe(expected('en-US'));
    expect(formatTime(iso, 'de-DE')).toBe(expected('de-DE'));
    expect(expected('de-DE')).not.toBe(expected('en-US'));
    expect(formatTime(null, 'en-US')).toBe('–');
  });

  it.each([
    [null, '∅'],
    ['', '∅'],
    [[], '∅'],
    [false, 'false'],
    [['a', 'b'], 'a, b'],
    [{ a: 1 }, '{"a":1}'],
    ['x'.repeat(500), 'x'.repeat(500)],
  ])('the value %p reads %s', (value, text) => expect(formatValue(value)).toBe(text));
});
