import { mapRecord } from '../../../src/server/records/mapping';

const cells = (record: Record<string, string>) => mapRecord(record, { textCells: true });

describe('names are mapped to fields', () => {
  const mapping = { 'Employee no': 'uid', 姓名: 'nickname', constructor: 'phone' };

  it('renames what is mapped and leaves out the rest', () => {
    const raw = { 'Employee no': 7, 姓名: '王芳', Salary: 1 };
    expect(mapRecord(raw, { mapping })).toEqual({ uid: 7, nickname: '王芳' });
  });

  it('keeps a field absent whose name is absent', () => {
    expect(mapRecord({ 'Employee no': 7 }, { mapping })).toEqual({ uid: 7 });
  });

  it.each([['text'], [null], [[1]], [undefined]])('hands on %j, to be rejected later', (raw) => {
    expect(mapRecord(raw, { mapping, textCells: true })).toBe(raw);
  });
});

describe('cells of a table are read', () => {
  it('empties the field of an empty cell', () => {
    expect(cells({ uid: '1', email: '', phone: '0' })).toEqual({ uid: '1', email: null, phone: '0' });
  });

  it.each([
    ['1', true],
    ['TRUE', true],
    [' yes ', true],
    ['y', true],
    ['x', true],
    ['', false],
    ['0', false],
    ['False', false],
    ['no', false],
    ['N', false],
    ['perhaps', 'perhaps'],
  ])('reads the flag %j as %j', (cell, flag) => {
    expect(cells({ uid: '1', isDeleted: cell })).toEqual({ uid: '1', isDeleted: flag });
  });

  it('reads departments as a list', () => {
    expect(cells({ uid: '1', departments: ' A ;; B;A' })).toEqual({
      uid: '1',
      departments: [
        { uid: 'A', isOwner: false, isMain: false },
        { uid: 'B', isOwner: false, isMain: false },
      ],
    });
  });

  it('reads owned and main departments as memberships', () => {
    const record = { uid: '1', departments: 'A', ownedDepartments: 'B', mainDepartment: 'C' };
    expect(cells(record)).toEqual({
      uid: '1',
      departments: [
        { uid: 'A', isOwner: false, isMain: false },
        { uid: 'B', isOwner: true, isMain: false },
        { uid: 'C', isOwner: false, isMain: true },
      ],
    });
  });

  it('reads empty lists as no departments, and no column as nothing said', () => {
    expect(cells({ uid: '1', departments: '', mainDepartment: '' })).toEqual({ uid: '1', departments: [] });
    expect(cells({ uid: '1' })).toEqual({ uid: '1' });
  });
});
