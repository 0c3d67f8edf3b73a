export const TAGS = ['userData'];

/** What an action answers: the host puts every answer into `data`, and what a list says about itself into `meta`. */
export const answer = (
  description: string,
  data: object,
  example?: object,
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
