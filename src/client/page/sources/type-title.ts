import type { Translate } from '../host';
import type { SourceType } from '../model';

/** The title of a type; templates of the host, `{{t("LDAP", …)}}`, are translated. */
export function typeTitle({ title, name }: SourceType, t: Translate): string {
  const key = /\{\{\s*t\(\s*(["'])(.*?)\1/.exec(title)?.[2];
  return key ? t(key) : title || name;
}
