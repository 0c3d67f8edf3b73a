/** Describes what needs a PostgreSQL; `setup.ts` says so where there is none. */
export const onPostgres = process.env.USER_DATA_SYNC_TEST_POSTGRES === 'true' ? describe : describe.skip;
