const BEGINS_FORMULA = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;
/**
 * Where a spreadsheet may split a cell when its separator is not the comma: the separators, and the sign after them.
 */
const BETWEEN_PARTS = /([;|"\s]+)([=+\-@\uFF1D\uFF0B\uFF0D\uFF20])?/g;

/**
 * Text that no spreadsheet takes for a formula, wherever it splits the cell: an apostrophe stands before what would begin
 * one, at the beginning of the cell and after each semicolon, bar, tab and line break.
 */
export function harmlessCell(text: string): string {
  const harmless = text.replace(BETWEEN_PARTS, (all, between: string, sign: string | undefined, at: number) =>
    sign !== undefined && (at === 0 || /[;|\t\r\n]/.test(between)) ? `${between}'${sign}` : all,
  );
  return BEGINS_FORMULA.test(text) || /^[\t\r]/.test(text) ? `'${harmless}` : harmless;
}
