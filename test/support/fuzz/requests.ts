import fc from 'fast-check';
import { json, mostly, scalar, text, toText, word } from './values';

/** A request, and who sends it: a key that may only push, or a role with nothing but the permission for the page. */
export interface FuzzRequest {
  readonly as: 'pusher' | 'operator';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

const uid = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('u1', 'u2', 'u3', 'u4', 'd1', 'd2', 'd3', 4, 'constructor') },
  { weight: 2, arbitrary: text },
);
const departmentUid = fc.constantFrom('d1', 'd2', 'd3', 'd4', 'toLocaleString', 'valueOf');
const flag = fc.boolean();
const more = fc.dictionary(fc.oneof(word, text), json, { maxKeys: 3 });
const membership = fc.oneof(
  departmentUid,
  fc.record({ uid: mostly(departmentUid), isOwner: mostly(flag), isMain: mostly(flag) }, { requiredKeys: ['uid'] }),
);

const withMore = (record: fc.Arbitrary<object>) =>
  fc.tuple(record, more).map(([own, others]) => ({ ...others, ...own }));

const user = withMore(
  fc.record(
    {
      uid: mostly(uid, 20),
      nickname: mostly(text),
      username: mostly(fc.constantFrom('ann', 'bob', 'nocobase', '', 'hasOwnProperty')),
      email: mostly(fc.constantFrom('a@example.com', 'b@example.com', 'admin@nocobase.com', null)),
      phone: mostly(text),
      departments: mostly(fc.array(membership, { maxLength: 4 })),
      isDeleted: mostly(fc.constantFrom(false, false, true)),
      id: json,
      password: scalar,
      roles: json,
    },
    { requiredKeys: ['uid'] },
  ),
);
const department = withMore(
  fc.record(
    {
      uid: mostly(departmentUid, 20),
      title: mostly(text, 12),
      parentUid: mostly(fc.oneof(departmentUid, fc.constant(null))),
      isDeleted: mostly(fc.constantFrom(false, false, true)),
      sort: json,
    },
    { requiredKeys: ['uid', 'title'] },
  ),
);
const records = (record: fc.Arbitrary<unknown>) => fc.array(mostly(record, 12), { maxLength: 10 });

const pushOf = (dataType: string, record: fc.Arbitrary<unknown>) =>
  fc.record(
    {
      dataType: fc.constant(dataType),
      records: records(record),
      matchKey: fc.constantFrom('email', 'username', 'phone', null, ''),
      mode: fc.constantFrom('delta', 'delta', 'delta', 'full'),
      dryRun: flag,
      sourceName: fc.constantFrom('api', 'api', 'fuzz', null),
    },
    { requiredKeys: ['dataType', 'records'] },
  );
const wellFormed: fc.Arbitrary<object> = fc.oneof(pushOf('user', user), pushOf('department', department));
/** One member is anything, or there is one that nobody knows. */
const malformed: fc.Arbitrary<unknown> = fc
  .tuple(
    wellFormed,
    fc.oneof(fc.constantFrom('dataType', 'records', 'matchKey', 'mode', 'dryRun', 'sourceName'), word, text),
    json,
  )
  .map(([body, name, value]) => ({ ...body, [name]: value }));

const post = (as: FuzzRequest['as'], action: string, body: fc.Arbitrary<unknown>): fc.Arbitrary<FuzzRequest> =>
  body.map((value) => ({ as, method: 'POST', path: `/api/${action}`, type: 'application/json', body: toText(value) }));

const pushes = fc.oneof(
  { weight: 4, arbitrary: post('pusher', 'userData:push', wellFormed) },
  { weight: 6, arbitrary: post('pusher', 'userData:push', malformed) },
  { weight: 3, arbitrary: post('pusher', 'userData:push', json) },
);

/** Bodies that are no JSON, or do not say so. */
const noJson: fc.Arbitrary<FuzzRequest> = fc
  .tuple(
    fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/x'),
    fc.oneof(text, fc.constantFrom('{', '{"a":', '[1,', '{"__proto__":{"a":1}}', '{"constructor":{"prototype":1}}')),
  )
  .map(([type, body]): FuzzRequest => ({ as: 'pusher', method: 'POST', path: '/api/userData:push', type, body }));

const header = fc.oneof(fc.constantFrom('uid', 'nickname', 'email', 'departments', 'isDeleted', 'title'), word, text);
const cell = fc.oneof(fc.constantFrom('u1', 'u2', 'd1', 'd1;d2', 'yes', 'no', ''), word, text);
const csv = fc
  .tuple(
    fc.array(header, { minLength: 1, maxLength: 6 }),
    fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 4 }),
    fc.constantFrom(',', ';', '\t', '|'),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([headers, rows, between, end]) => [['uid', ...headers], ...rows].map((row) => row.join(between)).join(end));
const table = fc.record(
  {
    text: mostly(fc.oneof(csv, fc.array(user, { maxLength: 3 }).map(toText))),
    format: mostly(fc.constantFrom('csv', 'json')),
    delimiter: mostly(fc.constantFrom(',', ';')),
    mapping: mostly(fc.dictionary(header, fc.oneof(fc.constantFrom('uid', 'nickname'), text), { maxKeys: 4 })),
    path: json,
  },
  { requiredKeys: ['text'] },
);
const options = withMore(
  fc.record(
    { users: mostly(table, 12), departments: mostly(table), matchKey: mostly(fc.constant('email')), mode: json },
    { requiredKeys: ['users'] },
  ),
);
const condition = fc.record({ field: text, operator: fc.constantFrom('equals', 'contains', 'matches'), value: text });
const rules = withMore(
  fc.record(
    {
      removal: mostly(fc.record({ users: mostly(fc.constantFrom('keep', 'disable')), departments: json })),
      limits: mostly(fc.record({ users: json })),
      scope: mostly(fc.record({ users: mostly(fc.array(mostly(condition), { maxLength: 3 })) })),
    },
    { requiredKeys: [] },
  ),
);
const source = withMore(
  fc.record(
    {
      name: mostly(fc.constantFrom('fuzz file', 'fuzz table', 'constructor')),
      sourceType: mostly(fc.constantFrom('file', 'file', 'api')),
      displayName: mostly(text),
      enabled: mostly(fc.constant(true)),
      options: mostly(options),
      rules: mostly(rules),
    },
    { requiredKeys: ['name', 'sourceType'] },
  ),
);
const id = mostly(fc.constantFrom(1, 2, 3, '4', 5, 99_999, '123456789012345678', '1 OR 1=1'), 3);
const ids = withMore(
  fc.record(
    { id, sourceId: id, taskId: id, userId: id, dryRun: mostly(flag), name: mostly(text) },
    { requiredKeys: [] },
  ),
);
const ODD_IDS = ['1', '2', '3', '0', '-1', '1e3', 'constructor', '%00', '[1]', '{"$ne":1}', '99999999999999999999'];

const operations: fc.Arbitrary<FuzzRequest> = fc.oneof(
  ...['approve', 'reject', 'runNow', 'retry', 'retryFailed', 'purge', 'disableUser', 'enableUser', 'pull'].map(
    (action) => post('operator', `userData:${action}`, mostly(ids, 12)),
  ),
  ...['push', 'pull', 'updateSettings', 'testConnection'].map((action) => post('operator', `userData:${action}`, json)),
  post('operator', 'userData:pull', fc.record({ name: fc.constantFrom('fuzz file', 'fuzz table') })),
  post(
    'operator',
    'userData:testConnection',
    withMore(fc.record({ sourceType: mostly(fc.constant('file')), options })),
  ),
  post('operator', 'userData:testConnection', withMore(fc.record({ id, options: mostly(options) }))),
  post('operator', 'userData:updateSettings', mostly(more)),
  post('operator', 'userDataSyncSources:create', mostly(source, 12)),
  fc
    .tuple(fc.constantFrom(...ODD_IDS), post('operator', 'userDataSyncSources:update', mostly(source, 12)))
    .map(([key, request]) => ({ ...request, path: `${request.path}?filterByTk=${encodeURIComponent(key)}` })),
  fc
    .tuple(fc.constantFrom('exportOutcomes', 'downloadPayload', 'push', 'pull'), fc.constantFrom(...ODD_IDS))
    .map(([action, key]): FuzzRequest => ({
      as: 'operator',
      method: 'GET',
      path: `/api/userData:${action}?taskId=${encodeURIComponent(key)}&name=constructor`,
      type: '',
      body: '',
    })),
);

export const requests: fc.Arbitrary<FuzzRequest> = fc.oneof(
  { weight: 10, arbitrary: pushes },
  { weight: 1, arbitrary: noJson },
  { weight: 9, arbitrary: operations },
);
