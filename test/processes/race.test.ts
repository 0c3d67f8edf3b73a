import { companyIn } from '../support/processes/company';
import { Installation } from '../support/processes/installation';
import { ServerProcess } from '../support/processes/server-process';
import { onPostgres } from '../support/processes/postgres';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 100);

onPostgres('a source that two processes start at the same moment', () => {
  let installation: Installation;
  let nodes: ServerProcess[];

  beforeAll(async () => {
    const made = await Installation.make('postgres');
    installation = made.installation;
    const other = await ServerProcess.load();
    await installation.start(other);
    nodes = [made.server, other];
  }, 120_000);
  afterAll(async () => {
    await ServerProcess.killAll();
    await installation?.drop();
  });

  it(`is run by one of them, in ${ROUNDS} rounds`, async () => {
    const [one] = nodes;
    const { departments, people } = companyIn('spring');
    const wins = [0, 0];
    let runs = 0;
    for (let round = 1; round <= ROUNDS;) {
      // Each round has somebody new, so that a second run would make that user a second time.
      installation.deliver({ departments, people: people.slice(0, round) });
      const answers = await Promise.all(nodes.map((node) => installation.pull(node)));
      await Promise.all(nodes.map((node) => node.whenIdle()));
      const refused = answers.filter(({ status }) => status !== 200);
      runs += answers.length - refused.length;
      const tasks = await one.rows<Run>('userDataSyncTasks', { order: ['id'] });
      expect({ round, ends: tasks.map(({ status }) => status) }).toEqual({ round, ends: Array(runs).fill('success') });
      expect({ round, overlapping: overlapping(tasks) }).toEqual({ round, overlapping: [] });
      // One was so slow that the run of the other was over: once more.
      if (refused.length === 0) continue;
      expect({ round, refused }).toEqual({ round, refused: [{ status: 409, code: 'SOURCE_BUSY' }] });
      wins[answers.findIndex(({ status }) => status === 200)] += 1;
      round += 1;
    }
    const users = await one.rows<{ username: string }>('users');
    const delivered = people.slice(0, ROUNDS).map(({ username }) => username);
    expect(users.map(({ username }) => username).sort()).toEqual(['nocobase', ...delivered].sort());
    const created = await one.rows('userDataSyncOutcomes', { where: { target: 'users', action: 'created' } });
    expect(created).toHaveLength(ROUNDS);
    process.stdout.write(`race: won ${wins.join(' and ')} times; ${(runs - ROUNDS) / 2} rounds were done again\n`);
    // Both got their chance, or the rounds prove nothing.
    expect(Math.min(...wins)).toBeGreaterThan(0);
  }, 300_000);
});

interface Run {
  readonly id: number;
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** Runs that had begun before another one that is older was over. */
function overlapping(runs: readonly Run[]): number[] {
  return runs.flatMap(({ id, startedAt }, at) =>
    runs.slice(0, at).some(({ finishedAt }) => new Date(startedAt) < new Date(finishedAt)) ? [id] : [],
  );
}
