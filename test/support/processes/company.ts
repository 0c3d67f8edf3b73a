/** A company as a source delivers it at two times: between them people and departments come, change, move and go. */
export type CompanyState = 'spring' | 'autumn';

interface Department {
  readonly uid: string;
  readonly title: string;
  readonly parentUid?: string;
}

interface Person {
  readonly uid: string;
  readonly username: string;
  readonly nickname: string;
  readonly email: string;
  readonly departments: readonly { readonly uid: string; readonly isOwner?: boolean; readonly isMain?: boolean }[];
}

export interface Company {
  readonly departments: readonly Department[];
  readonly people: readonly Person[];
}

const DEPARTMENTS = 60;
const PEOPLE = 2600;
/** The first ones are at the top, in spring and in autumn. */
const DIVISIONS = 6;
/** Nobody delivers it: who is in it waits. */
const UNKNOWN = 'd-unknown';

export function companyIn(state: CompanyState): Company {
  const isAutumn = state === 'autumn';
  return {
    departments: numbers(DEPARTMENTS).flatMap((index) => department(index, isAutumn) ?? []),
    people: numbers(PEOPLE).flatMap((index) => person(index, isAutumn) ?? []),
  };
}

/** Of those below divisions one in five is there only in spring, one only in autumn, one moves, and one has a new title. */
function department(index: number, isAutumn: boolean): Department | undefined {
  const uid = `d-${index}`;
  if (index < DIVISIONS) return { uid, title: `Division ${index}` };
  if (isAbsent(index, isAutumn)) return undefined;
  const parent = (index + (index % 5 === 2 && isAutumn ? 1 : 0)) % DIVISIONS;
  const title = index % 5 === 3 && isAutumn ? `Unit ${index}, renamed` : `Unit ${index}`;
  return { uid, title, parentUid: `d-${parent}` };
}

/** The same holds for people; a few exchange addresses, own their department, or are in a second one. */
function person(index: number, isAutumn: boolean): Person | undefined {
  if (isAbsent(index, isAutumn)) return undefined;
  const isMoved = isAutumn && index % 5 === 2;
  const mailbox = isAutumn && index % 10 === 3 ? index + 1 : isAutumn && index % 10 === 4 ? index - 1 : index;
  const home = homeOf(isMoved ? index + 7 : index, isAutumn);
  const departments = [
    { uid: home, isOwner: index % 50 === 4, isMain: true },
    // Never the same one.
    ...(index % 3 === 0 ? [{ uid: `d-${(index + 3) % DIVISIONS}`, isMain: false }] : []),
    ...([5, 6, 7].includes(index % 100) ? [{ uid: UNKNOWN }] : []),
  ];
  return {
    uid: `p-${index}`,
    username: `person-${index}`,
    nickname: isAutumn && index % 5 === 3 ? `Person ${index}, renamed` : `Person ${index}`,
    email: `mailbox-${mailbox}@example.com`,
    departments,
  };
}

const isAbsent = (index: number, isAutumn: boolean) => index % 5 === (isAutumn ? 0 : 1);

/** A department that is there at that time. */
function homeOf(index: number, isAutumn: boolean): string {
  const place = DIVISIONS + (index % (DEPARTMENTS - DIVISIONS));
  return `d-${isAbsent(place, isAutumn) ? place % DIVISIONS : place}`;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Some of those who are there in spring only, as they were before any source delivered them. */
export const peopleBefore = companyIn('spring')
  .people.filter((_, at) => at % 200 === 0)
  .map(({ username }) => ({ username, nickname: 'There before' }));
