import {
  type FindAttributeOptions,
  type Model,
  type ModelStatic,
  type Transaction,
  type WhereOptions,
  Op,
} from 'sequelize';

/** So many rows come at once: the driver makes objects of them in one go, while everybody else waits. */
const ROWS_PER_PAGE = 5000;

/** Which rows of a model to read. */
export interface PagedQuery {
  readonly attributes?: FindAttributeOptions;
  readonly where?: object;
  readonly include?: object[];
  readonly transaction?: Transaction;
}

/**
 * All rows that fit, page by page, in the order of a column that is never empty and, with `attributes`, among them. Only
 * for what fits a large part of a table: for a few rows found by `IN`, a database that sees the limit may go through the
 * whole table in that order instead of using the index.
 */
export async function* pagesOf<R extends object>(
  model: ModelStatic<Model>,
  query: PagedQuery,
  column: keyof R & string,
): AsyncGenerator<readonly R[]> {
  for (let after: WhereOptions = {}; ;) {
    const where = { [Op.and]: [query.where ?? {}, after] };
    const order = [column];
    const page = (await model.findAll({
      ...query,
      where,
      order,
      limit: ROWS_PER_PAGE,
      raw: true,
      subQuery: false,
    })) as unknown as R[];
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (page.length < ROWS_PER_PAGE || last === undefined) return;
    after = { [column]: { [Op.gt]: last[column] } };
  }
}

/** All rows that fit at once; see `pagesOf`. */
export async function readInPages<R extends object>(
  model: ModelStatic<Model>,
  query: PagedQuery,
  column: keyof R & string,
): Promise<R[]> {
  const found: R[] = [];
  for await (const page of pagesOf<R>(model, query, column)) for (const row of page) found.push(row);
  return found;
}
