import type { Exposed, Fields } from '../server/actions/resources/exposed-fields';

export const TAGS = ['userData'];

/** What an action answers: the host puts every answer into `data`, and what a list says about itself into `meta`. */
export const answer = (
  description: string,
  data: object,
  example?: unknown,
  meta?: { schema: object; example: object },
) => ({
  description,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        additionalProperties: false,
        required: meta ? ['data', 'meta'] : ['data'],
        properties: meta ? { data, meta: meta.schema } : { data },
      },
      ...(example ? { example: { data: example, ...(meta ? { meta: meta.example } : {}) } } : {}),
    },
  },
});

/** A file to download. It is sent while it is read. */
export const download = (description: string, type: string, example: string) => ({
  description,
  headers: { 'Content-Disposition': { description: 'The name of the file.', schema: { type: 'string' } } },
  content: { [type]: { schema: { type: 'string' }, example } },
});

/** A parameter of the query that has to be there, unless `schema` and `required` say otherwise. */
export const parameter = (name: string, type: string, description: string, schema: object = {}, required = true) => ({
  name,
  in: 'query',
  required,
  description,
  schema: { type, ...schema },
});

/** A body of JSON. */
export const body = (schema: object, examples: Record<string, { summary: string; value: object }>) => ({
  required: true,
  content: { 'application/json': { schema, examples } },
});

export const text = (description: string) => ({ type: 'string', nullable: true, description });
/** One of these; `null` among them makes it nullable. */
export const choice = (description: string, ...choices: (string | null)[]) => ({
  type: 'string',
  enum: choices,
  nullable: choices.includes(null),
  description,
});
export const id = (description: string) => ({ oneOf: [{ type: 'integer' }, { type: 'string' }], description });
export const idOrNull = (description: string) => ({
  oneOf: [{ type: 'integer', nullable: true }, { type: 'string' }],
  description,
});
export const count = (description: string, minimum = 1) => ({ type: 'integer', minimum, description });
export const time = (description: string) => ({ type: 'string', format: 'date-time', nullable: true, description });

/** An object that has all of these properties and no others, unless `more` says otherwise. */
export const closed = (description: string, properties: object, more: object = {}) => ({
  type: 'object',
  description,
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
  ...more,
});

/** What the host says about a page of a list. */
export const pageMeta = {
  schema: closed('', {
    count: count('The total number.', 0),
    page: count('This page.'),
    pageSize: count('Its size.'),
    totalPage: count('The number of pages.', 0),
  }),
  example: { count: 1, page: 1, pageSize: 20, totalPage: 1 },
};

/** Parameters of the lists of the host. `exposed` is what of the rows may be asked for. */
export const listParameters = (exposed: Exposed) => [
  parameter(
    'filter',
    'string',
    `Conditions as JSON: \`{"status": "failed"}\`, \`{"$or": [{"name": {"$includes": "a"}}, …]}\`; at most 500. Fields: ${names(filterable(exposed.fields))}${related(exposed)}.`,
    {},
    false,
  ),
  parameter(
    'sort',
    'string',
    `Fields, separated by commas; \`-\` before one turns the order around: ${names(filterable(exposed.fields))}.`,
    {},
    false,
  ),
  parameter('page', 'integer', 'Default: 1.', { minimum: 1, maximum: 1000000 }, false),
  parameter('pageSize', 'integer', 'Default: 20.', { minimum: 1, maximum: 1000 }, false),
  ...(exposed.isShort
    ? [parameter('paginate', 'boolean', '`false` gives all of them in one answer, without `meta`.', {}, false)]
    : []),
  ...selectionParameters(exposed),
];

/** Parameters that say what of each row is answered. */
export const selectionParameters = ({ fields, relations }: Exposed) => [
  parameter('fields', 'string', `Only these, separated by commas: ${names(Object.keys(fields))}.`, {}, false),
  parameter('except', 'string', 'All fields except these.', {}, false),
  parameter('appends', 'string', `They come along, separated by commas: ${names(Object.keys(relations))}.`, {}, false),
];

const names = (all: readonly string[]) => all.map((name) => `\`${name}\``).join(', ');
const filterable = (fields: Fields) => Object.keys(fields).filter((name) => fields[name] !== 'json');
const related = ({ relations }: Exposed) =>
  Object.entries(relations)
    .map(([name, fields]) => `; of \`${name}\`: ${names(Object.keys(fields).map((field) => `${name}.${field}`))}`)
    .join('');

/** A person, as far as somebody may know them who looks at what synchronization did. */
export const person = (description: string, more: object = {}) =>
  closed(description, { id: id('The user.'), nickname: text(''), username: text(''), ...more }, { nullable: true });
