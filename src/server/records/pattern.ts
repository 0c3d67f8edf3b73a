import { RE2JS } from 're2js';

/** A regular expression as somebody configured it, looked for anywhere in a text. */
export interface Pattern {
  test(text: string): boolean;
}

/**
 * Compiles a regular expression in RE2's syntax: what JavaScript has, without look-ahead and back references. It takes
 * time in proportion to the text, whatever is written in it. Throws where the expression is none.
 */
export function compilePattern(expression: string): Pattern {
  return RE2JS.compile(expression);
}

/** Whether a text can be compiled. */
export function isPattern(text: string): boolean {
  try {
    compilePattern(text);
    return true;
  } catch {
    return false;
  }
}
