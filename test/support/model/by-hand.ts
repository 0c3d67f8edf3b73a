import type { TestApp } from '../app';
import type { HandAction } from './action';
import { ROOT_ID } from './failures';
import type { ModelUser, OrganisationModel } from './organisation-model';
import { DEFAULT_ROLE } from './user-arrival';
import { ORDINARY_ROLE } from './installation';

/** Does by hand what an administrator does in the page, in the application and in the model. */
export class ByHand {
  constructor(
    private readonly host: TestApp,
    private readonly model: OrganisationModel,
  ) {}

  async perform(action: HandAction): Promise<void> {
    const { model } = this;
    switch (action.kind) {
      case 'addUser':
        return this.addUser(action.username, action.email || null);
      case 'addDepartment':
        return this.addDepartment(action.title, this.departmentAt(action.parent)?.id ?? null);
      case 'moveDepartment':
        return this.moveDepartment(this.departmentAt(action.department), this.departmentAt(action.parent)?.id ?? null);
      case 'editDepartment': {
        const department = this.departmentAt(action.department);
        if (!department) return;
        await this.repository('departments').update({ filterByTk: department.id, values: { title: action.title } });
        department.title = action.title;
        return;
      }
      case 'deleteDepartment':
        return this.deleteDepartment(this.departmentAt(action.department)?.id);
      case 'addMember':
        return this.addMember(this.userAt(action.user)?.id, this.departmentAt(action.department)?.id, action.isOwner);
      case 'removeMember': {
        const membership = at(model.memberships, action.membership);
        if (!membership) return;
        const { userId, departmentId } = membership;
        await this.repository('departmentsUsers').destroy({ filter: { userId, departmentId }, individualHooks: true });
        model.removeMember(membership);
        return;
      }
      case 'editUser':
        return this.editUser(this.userAt(action.user), action.nickname, action.email);
      case 'deleteUser': {
        const user = this.userAt(action.user);
        if (!user) return;
        await this.repository('users').destroy({ filterByTk: user.id });
        model.removeUser(user.id);
        return;
      }
      case 'disableUser': {
        const user = this.userAt(action.user);
        if (!user) return;
        await this.host.plugin.userDisabling.disable(user.id, ROOT_ID);
        user.disabled = 'hand';
        return;
      }
      case 'enableUser': {
        const user = this.userAt(action.user);
        if (!user?.disabled) return;
        await this.host.plugin.userDisabling.enable(user.id);
        user.disabled = null;
        return;
      }
      case 'giveRole': {
        const user = this.userAt(action.user);
        if (!user || user.roles.has(ORDINARY_ROLE)) return;
        await this.repository('rolesUsers').create({ values: { userId: user.id, roleName: ORDINARY_ROLE } });
        user.roles.add(ORDINARY_ROLE);
      }
    }
  }

  private async addUser(username: string, email: string | null): Promise<void> {
    if (this.model.userWith('username', username) || (email && this.model.userWith('email', email))) return;
    const row = await this.repository('users').create({ values: { username, email, nickname: username } });
    const id = String(row.get('id'));
    this.model.users.set(id, {
      id,
      fields: { username, email, nickname: username },
      roles: new Set([DEFAULT_ROLE]),
      disabled: null,
      isByHand: true,
      main: null,
    });
  }

  private async editUser(user: ModelUser | undefined, nickname: string, email: string | null = null): Promise<void> {
    if (!user) return;
    const isTaken = email ? ![undefined, user].includes(this.model.userWith('email', email)) : false;
    const values = { nickname, ...(isTaken ? {} : { email: email || null }) };
    await this.repository('users').update({ filterByTk: user.id, values });
    Object.assign(user.fields, values);
  }

  private async addDepartment(title: string, parentId: string | null): Promise<void> {
    const row = await this.repository('departments').create({ values: { title, parentId } });
    const id = String(row.get('id'));
    this.model.departments.set(id, { id, title, parentId });
    await this.keepLeaves();
  }

  private async moveDepartment(
    department: { id: string; parentId: string | null } | undefined,
    parentId: string | null,
  ) {
    if (!department || (parentId !== null && this.model.lineage(parentId).includes(department.id))) return;
    await this.repository('departments').update({ filterByTk: department.id, values: { parentId } });
    department.parentId = parentId;
    await this.keepLeaves();
  }

  /** Only one with nothing below it: the host deletes what is below, too. */
  private async deleteDepartment(id: string | undefined): Promise<void> {
    if (id === undefined || this.model.childrenOf(id).length > 0) return;
    await this.repository('departments').destroy({ filterByTk: id });
    this.model.removeDepartment(id);
    await this.keepLeaves();
  }

  private async addMember(userId: string | undefined, departmentId: string | undefined, isOwner: boolean) {
    if (!userId || !departmentId || this.model.membership(userId, departmentId)) return;
    await this.repository('departmentsUsers').create({ values: { userId, departmentId, isOwner } });
    this.model.addMember({ userId, departmentId, origin: 'hand', isOwner });
  }

  /** The page keeps `isLeaf` up with a request of its own; repositories do not. */
  private async keepLeaves(): Promise<void> {
    for (const { id } of this.model.departments.values()) {
      const isLeaf = this.model.childrenOf(id).length === 0;
      await this.host.db.getModel('departments').update({ isLeaf }, { where: { id }, hooks: false, silent: true });
    }
  }

  private userAt(number: number): ModelUser | undefined {
    return at(
      [...this.model.users.values()].filter(({ id }) => id !== ROOT_ID),
      number,
    );
  }

  private departmentAt(number: number | null) {
    return number === null ? undefined : at([...this.model.departments.values()], number);
  }

  private repository(name: string) {
    return this.host.db.getRepository(name);
  }
}

function at<T>(items: readonly T[], number: number): T | undefined {
  return items[number % items.length];
}
