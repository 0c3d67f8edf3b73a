import * as z from 'zod/mini';
import type { Refusal } from './refusal';

export type Schema<T> = z.ZodMiniType<T>;

/** What a schema takes. What it does not take is refused in our words, which are translated; zod's own are not. */
export function expecting<T>(schema: Schema<T>, refusal: Refusal): Schema<T> {
  const read = z.transform((value, { issues }) => {
    const result = z.safeParse(schema, value);
    if (result.success) return result.data;
    issues.push({ code: 'custom', input: value, params: { ...refusal } });
    return z.NEVER;
  });
  return z.pipe(z.unknown(), read);
}

/** One of these texts. */
export const choice = <const T extends string>(choices: readonly T[], more?: Partial<Refusal>): Schema<T> =>
  expecting(z.enum(choices), { expected: choices.join(', '), ...more });

export const wholeBetween = (min: number, max: number): Schema<number> =>
  expecting(z.int().check(z.minimum(min), z.maximum(max)), { expected: 'wholeNumberBetween', min, max });

/** An object with these members only: an unknown member is refused as a mistake. */
export const strictObject = <S extends z.core.$ZodLooseShape>(members: S) =>
  z.strictObject(members, { error: () => Object.keys(members).join(', ') });

/** What may be left out, or be `null`: then it is this. */
export const withDefault = <T>(schema: Schema<T>, fallback: NonNullable<T>): Schema<NonNullable<T>> =>
  z.pipe(
    z.nullish(schema),
    z.transform((value) => value ?? fallback),
  );

/** What may be left out, be `null` or, as in an empty field of a form, an empty text. */
export const optional = <T>(schema: Schema<T>): Schema<T | undefined> =>
  z.pipe(
    z.transform((value: unknown): unknown => (value === null || value === '' ? undefined : value)),
    z.optional(schema),
  );
