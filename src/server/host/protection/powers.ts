/**
 * Resources whose changes decide who may do what in NocoBase: users and how they sign in, roles, departments, data
 * sources with their collections and fields, the plugin manager, and this plugin.
 */
const RESOURCE =
  /^(users|roles|departments|authenticators|collections|fields|pm|(dataSources|mainDataSource|rolesUsers|rolesResources|departmentsUsers|departmentsRoles|usersAuthenticators|userData).*)$/;

/** Collections of these whose rows a role can be allowed to change like any other data. */
export const POWERFUL_COLLECTIONS = [
  'users',
  'roles',
  'departments',
  'rolesUsers',
  'departmentsUsers',
  'departmentsRoles',
  'usersAuthenticators',
];

const READING = /^(view|(list|get|count|query|export)([A-Z].*)?)$/;

/** The permission of a key that may only push: it manages ordinary users, and is no privilege. */
const PUSHING = 'userData:push';

/** Whether an action changes something; one that is not known does. */
export function isChanging(action: string): boolean {
  return !READING.test(action);
}

/**
 * Whether one of the actions of a snippet changes a powerful resource, or an association of or to one. Actions are
 * written as the host does: `users:*`, `roles.users:add`. A pattern counts when it may mean such an action.
 */
export function givesPower(actions: readonly string[]): boolean {
  return actions.some((path) => {
    if (path === PUSHING) return false;
    const [resource, action = '*'] = path.split(':');
    return isChanging(action) && resource.split('.').some((part) => isPattern(part) || RESOURCE.test(part));
  });
}

/** Other patterns than `*` are rare, so no more is asked about them. */
const isPattern = (part: string) => /[^\w-]/.test(part);
