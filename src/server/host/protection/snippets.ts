import type { Application } from '@nocobase/server';
import { givesPower } from './powers';

/** What is asked of the host about snippets: names of sets of actions, which plugins register in their code. */
export type HostAcl = Pick<Application['acl'], 'define' | 'removeRole' | 'snippetManager'>;

type HostRole = ReturnType<HostAcl['define']>;

/** Snippets that let configure NocoBase, whatever is registered under them. */
const CONFIGURING = ['pm', 'pm.*', 'ui.*'];
/** Snippets whose holder may do everything with users and roles. */
const MANAGING = ['pm', 'pm.*'];

/** A role of this name never exists for longer than a question takes. */
const ASKED_ROLE = 'user-data-sync:asked';

/** Whether snippets of a role let it configure NocoBase, or change who may do what there. */
export function snippetsArePrivileged(acl: HostAcl, snippets: readonly string[]): boolean {
  if (holdsOneOf(CONFIGURING, snippets)) return true;
  const registered = acl.snippetManager.snippets;
  const { allowed } = ask(acl, snippets, (role) => role.effectiveSnippets());
  return allowed.some(
    (name) => name === 'pm' || name.startsWith('ui.') || givesPower(registered.get(name)?.actions ?? []),
  );
}

/** Whether snippets of a role let it give itself or others any role: by changing roles, or any user. */
export function snippetsMayGiveRoles(acl: HostAcl, snippets: readonly string[]): boolean {
  if (holdsOneOf(MANAGING, snippets)) return true;
  return ask(acl, snippets, (role) => ['roles:update', 'users:update'].some((path) => role.snippetAllowed(path)));
}

function holdsOneOf(names: readonly string[], snippets: readonly string[]): boolean {
  return names.some((name) => snippets.includes(name) && !snippets.includes(`!${name}`));
}

/** The host itself says what patterns and negations (`!pm.users`) mean. Nothing else runs meanwhile. */
function ask<T>(acl: HostAcl, snippets: readonly string[], question: (role: HostRole) => T): T {
  const role = acl.define({ role: ASKED_ROLE });
  try {
    role.snippets = new Set(snippets);
    return question(role);
  } finally {
    acl.removeRole(ASKED_ROLE);
  }
}
