import { API_SOURCE_NAME } from '../../../common/sources';
import type { Translate } from '../host';
import type { Source, SourceType, Task } from '../model';

/** The title of a type. */
export const typeTitle = (type: SourceType, t: Translate): string => titleOf(type, t);

/** The title of a type or a role; templates of the host, `{{t("LDAP", …)}}`, are translated. */
export function titleOf({ title, name }: { readonly title: string; readonly name: string }, t: Translate): string {
  const key = /\{\{\s*t\(\s*(["'])(.*?)\1/.exec(title)?.[2];
  return key ? t(key) : title || name;
}

/** What a person calls a source; the built-in one is called by what it is. */
export function sourceTitle({ name, displayName }: Pick<Source, 'name' | 'displayName'>, t: Translate): string {
  return displayName || (name === API_SOURCE_NAME ? t('HTTP API') : name);
}

/** What a person calls the source of a task, also when the source is no more. */
export function sourceTitleOf({ source, sourceName }: Pick<Task, 'source' | 'sourceName'>, t: Translate): string {
  return source ? sourceTitle(source, t) : (sourceName ?? '–');
}
