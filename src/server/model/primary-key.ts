/** The primary key of a row, as the database driver gives it. */
export type PrimaryKey = number | string;
