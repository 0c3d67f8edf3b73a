import type { Person } from '../model';

/** What a person is called. */
export function personName(person: Person | null | undefined): string | undefined {
  return person?.nickname || person?.username || person?.email || undefined;
}
