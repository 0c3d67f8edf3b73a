/** The resource of the links of departments, and of the memberships of users, which are links to a department. */
export const DEPARTMENTS = 'departments';
