import { errorStatus } from '../../../src/server/errors';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import english from '../../../src/locale/en-US.json';
import chinese from '../../../src/locale/zh-CN.json';
import { TestApp } from '../../support/app';
import { Caller, detailOf, errorOf } from '../../support/http';

const folder = path.resolve(__dirname, '../../../src/locale');
const languages = readdirSync(folder).map((file) => file.replace('.json', ''));
const texts = new Map(
  languages.map((language) => {
    const content = readFileSync(path.join(folder, `${language}.json`), 'utf8');
    return [language, JSON.parse(content) as Record<string, string>];
  }),
);
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
/** What is the same in every language. */
const UNTRANSLATED = ['HTTP API', 'dependents.other'];

describe('texts', () => {
  it('are there in every language that NocoBase ships for this plugin', () => {
    const shipped =
      'de-DE en-US es-ES fr-FR hu-HU id-ID it-IT ja-JP ko-KR nl-NL pt-BR ru-RU tr-TR uk-UA vi-VN zh-CN zh-TW';
    expect(languages.sort()).toEqual(shipped.split(' '));
  });

  it.each(languages)('have the same keys in %s as in English', (language) => {
    expect(Object.keys(texts.get(language) ?? {}).sort()).toEqual(Object.keys(english).sort());
  });

  it('are there for every error code, and for no other', () => {
    const codes = Object.keys(english).filter((key) => key.startsWith('error.'));
    expect(codes.sort()).toEqual(
      Object.keys(errorStatus)
        .map((code) => `error.${code}`)
        .sort(),
    );
  });

  it.each(languages)('speak of the same things in %s as in English', (language) => {
    const own = texts.get(language) ?? {};
    for (const [key, text] of Object.entries(english)) {
      expect([key, placeholders(own[key])]).toEqual([key, placeholders(text)]);
    }
  });

  it('are Chinese in Chinese', () => {
    const untranslated = Object.entries(chinese).filter(([, text]) => !/\p{Script=Han}/u.test(text));
    expect(untranslated.map(([key]) => key).filter((key) => !UNTRANSLATED.includes(key))).toEqual([]);
  });

  it('of errors are sentences', () => {
    for (const [key, text] of Object.entries(english)) {
      if (key.startsWith('error.')) expect([key, text]).toEqual([key, expect.stringMatching(/[.}]$/)]);
    }
  });
});

describe('a request in Chinese', () => {
  let host: TestApp;
  let caller: Caller;
  const CHINESE = { 'X-Locale': 'zh-CN' };

  beforeAll(async () => {
    host = await TestApp.start();
    caller = new Caller(host, await host.pushKey());
  });
  afterAll(() => host?.stop());

  it('is refused in Chinese, words included', async () => {
    const wrong = await caller.push({ dataType: 'user', records: {} }, CHINESE);
    expect(errorOf(wrong)).toEqual({ code: 'INVALID_REQUEST', message: 'records：应为列表。未写入任何数据。' });
    const forbidden = await caller.post('/api/userData:pull', { name: 'api' }, CHINESE);
    expect(errorOf(forbidden)).toMatchObject({
      code: 'NO_PERMISSION',
      message: expect.stringContaining('没有') as string,
    });
  });

  it('is refused in Chinese before anything of the body could be read', async () => {
    const answer = await host.http
      .post('/api/userData:push')
      .set({ ...CHINESE, 'Content-Type': 'application/json' })
      .send('{');
    expect(errorOf(answer)).toMatchObject({
      code: 'BODY_NOT_JSON',
      message: expect.stringContaining('请求体') as string,
    });
  });

  it('gets failed records and warnings in Chinese', async () => {
    const records = [
      { uid: 'a', username: 'taken', shoeSize: 43 },
      { uid: 'b', username: 'taken' },
      { uid: 'c', nickname: {} },
    ];
    const { failedRecords, warnings } = detailOf(await caller.push({ dataType: 'user', records }, CHINESE));
    expect(failedRecords.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'records[2].nickname：应为文本。',
        expect.stringMatching(/^username“taken”已属于用户 \d+。请修改其中之一/) as string,
      ]),
    );
    expect(warnings.map(({ message }) => message)).toEqual([
      '字段“shoeSize”不存在，已忽略。如需保留，请先在数据表中添加该字段。',
    ]);
  });

  it('leaves texts of a source as they are: they are data, not HTML', async () => {
    const records = [{ uid: 'd', '<b>&"x"</b>': 1 }];
    const { warnings } = detailOf(await caller.push({ dataType: 'user', records }, CHINESE));
    expect(warnings[0].message).toContain('<b>&"x"</b>');
  });

  it('has no say in what is stored, which is English', async () => {
    const [outcome] = await host.rows('userDataSyncOutcomes', { where: { uid: 'c' } });
    expect(outcome.message).toBe('records[2].nickname must be text.');
  });
});
