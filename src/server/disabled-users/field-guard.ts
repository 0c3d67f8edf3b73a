import type { Database, Model } from '@nocobase/database';
import { Op, type Transaction, type WhereOptions } from 'sequelize';
import { SyncError } from '../errors';
import { FLAG } from './flag-column';

/** A write to many fields at once. */
interface BulkWrite {
  readonly where?: WhereOptions;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly transaction?: Transaction;
}

/** What may not be written for many fields at once, because then it is not known what each of them had before. */
const DEFINITION = ['key', 'name', 'type', 'collectionName', 'options'];

/**
 * Keeps the field `isDisabled` of users as it is: it cannot be deleted, renamed or made another kind of field.
 * Its title and its place in the list may change. This looks at the rows of the collection manager, whatever writes
 * them, and before the host does, which drops the column first and the row afterwards.
 */
export function guardField(db: Database): void {
  const before = (event: string, listener: (...args: never[]) => unknown) => {
    // The first listener of a kind makes the database look out for it.
    db.on(event, () => undefined);
    db.prependListener(event, listener as (...args: unknown[]) => void);
  };
  before('fields.beforeDestroy', (field: Model) => refuseIf(isOurs(field)));
  before('fields.beforeSave', (field: Model) => refuseIf((isOurs(field) || wasOurs(field)) && !isSound(field)));
  before('fields.beforeBulkDestroy', async (write: BulkWrite) => refuseIf(await meansOurs(db, write)));
  before('fields.beforeBulkUpdate', async (write: BulkWrite) => {
    const changes = Object.keys(write.attributes ?? {});
    refuseIf(DEFINITION.some((name) => changes.includes(name)) && (await meansOurs(db, write)));
  });
  // Fields of other data sources, with one that calls itself a field of the host's own.
  before('dataSourcesFields.beforeSave', (field: Model) => refuseIf(isOurs(field) && isOfMain(field)));
}

const isOurs = (field: Model) => field.get('collectionName') === 'users' && field.get('name') === FLAG;

const wasOurs = (field: Model) =>
  !field.isNewRecord && field.previous('collectionName') === 'users' && field.previous('name') === FLAG;

const isOfMain = (field: Model) => field.get('dataSourceKey') === 'main';

/** Whether it is still a column of its name that takes true and false of any number of users. */
function isSound(field: Model): boolean {
  const { field: column, unique, primaryKey, allowNull, defaultValue } = field.get() as Record<string, unknown>;
  const isPlain = !unique && !primaryKey && allowNull !== false && !defaultValue;
  return isOurs(field) && field.get('type') === 'boolean' && isPlain && (!column || column === FLAG);
}

async function meansOurs(db: Database, { where = {}, transaction }: BulkWrite): Promise<boolean> {
  const ours = { collectionName: 'users', name: FLAG };
  return (await db.getModel('fields').count({ where: { [Op.and]: [where, ours] }, transaction })) > 0;
}

function refuseIf(isRefused: boolean): void {
  if (isRefused) throw new SyncError('FIELD_IN_USE', { field: FLAG });
}
