import type { Model, ModelStatic } from 'sequelize';

/** The part of Sequelize's query generator that is needed here; it knows how each dialect writes names and values. */
interface QueryGenerator {
  quoteTable(table: unknown): string;
  quoteIdentifier(name: string): string;
  escape(value: unknown, attribute?: unknown): string;
}

/** Column types whose values are written as they are. */
const PLAIN_TYPES = new Set(['STRING', 'TEXT', 'INTEGER', 'BIGINT', 'BOOLEAN']);

/** Writes the names and values of one model as SQL. Made for one statement: equal dates are formatted once. */
export class SqlWriter {
  readonly table: string;
  private readonly generator: QueryGenerator;
  private readonly attributes: Record<string, { field?: string; type?: unknown }>;
  private readonly plain = new Map<string, boolean>();
  private readonly dates = new Map<string, string>();

  constructor(model: ModelStatic<Model>) {
    if (!model.sequelize) throw new Error(`Model ${model.name} has no connection`);
    this.generator = model.sequelize.getQueryInterface().queryGenerator as QueryGenerator;
    this.attributes = model.getAttributes();
    this.table = this.generator.quoteTable(model.getTableName());
  }

  has(attribute: string): boolean {
    return attribute in this.attributes;
  }

  identifier(name: string): string {
    return this.generator.quoteIdentifier(name);
  }

  column(attribute: string): string {
    return this.generator.quoteIdentifier(this.attributes[attribute].field ?? attribute);
  }

  literal(attribute: string, value: unknown): string {
    if (value === null || value === undefined) return 'NULL';
    if (!(value instanceof Date)) {
      // Plain values of plain columns need no conversion by their type, which is what takes the time.
      return this.generator.escape(value, this.isPlain(attribute) ? undefined : this.attributes[attribute]);
    }
    const key = `${attribute} ${value.getTime()}`;
    let literal = this.dates.get(key);
    if (literal === undefined) {
      literal = this.generator.escape(value, this.attributes[attribute]);
      this.dates.set(key, literal);
    }
    return literal;
  }

  private isPlain(attribute: string): boolean {
    let plain = this.plain.get(attribute);
    if (plain === undefined) {
      const { key } = (this.attributes[attribute]?.type ?? {}) as { key?: string };
      this.plain.set(attribute, (plain = PLAIN_TYPES.has(key ?? '')));
    }
    return plain;
  }
}
