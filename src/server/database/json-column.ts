/** A JSON column as a value: some drivers hand it over as text in raw queries. */
export function fromJsonColumn(value: unknown): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
}
