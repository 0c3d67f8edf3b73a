import { addFileSource, call, writeSourceFile } from './host';

/** 400 characters, without a place to break them and with many. */
export const LONG = { solid: 'x'.repeat(400), spaced: 'lorem ipsum '.repeat(34).slice(0, 400) } as const;

/** What a test made, so that it finds that among what others left. */
export interface Awkward {
  /** What its source is called, in full. */
  readonly title: string;
  /** The name of its source. */
  readonly name: string;
  /** A run of the source, in which two records failed. */
  readonly taskId: number;
}

/** A source with a name as long as one can be, and a run of it with names of 400 characters, some of which failed. */
export async function makeAwkward(name: string, filler = 'Donaudampfschifffahrt'): Promise<Awkward> {
  const title = `${name} ${filler.repeat(20)}`.slice(0, 255).trim();
  const file = `${name}.csv`;
  writeSourceFile(file, [
    'uid,username,nickname',
    `${name}-1,${name}-1,${LONG.solid}`,
    `${name}-2,${name}-2,${LONG.spaced}`,
    `${name}-3,${name}-3,${'Юрий 山田 김철수 محمد משה Ελένη สมชาย अमिताभ Nguyễn ქეთევან '.repeat(4).slice(0, 250)}`,
  ]);
  await addFileSource(name, file, title);
  const { taskId } = await call<{ taskId: number }>('userData:pull', { name });
  await isOver(taskId);
  return { title, name, taskId };
}

/** Waits until a run has ended, however. */
export async function isOver(taskId: number): Promise<void> {
  for (;;) {
    const { status } = await call<{ status: string }>(`userDataSyncTasks:get?filterByTk=${taskId}`, {});
    if (status !== 'init' && status !== 'processing') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
