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
    count: count('How many there are.', 0),
    page: count('This page.'),
    pageSize: count('Its size.'),
    totalPage: count('How many pages there are.', 0),
  }),
  example: { count: 1, page: 1, pageSize: 20, totalPage: 1 },
};

/** Parameters of the lists of the host. */
export const listParameters = [
  parameter('filter', 'string', 'Conditions on fields, as JSON: `{"taskId": 5}`.', {}, false),
  parameter('sort', 'string', 'A field; `-` before it turns the order around.', {}, false),
  parameter('page', 'integer', 'Default: 1.', { minimum: 1 }, false),
  parameter('pageSize', 'integer', 'Default: 20.', { minimum: 1 }, false),
];
