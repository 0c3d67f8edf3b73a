import type { Dialect } from '../databases';
import { differences, leftOverIn, none } from './end-state';
import { KilledRuns, type CompletedRun } from './killed-runs';

const KILLS = Number(process.env.KILLS ?? 40);

/** What holds wherever a server is killed while it applies a delivery. */
export function describeKills(dialect: Dialect): void {
  describe(`a delivery during which the server is killed, on ${dialect}`, () => {
    let runs: KilledRuns;
    /** How long a run takes in a process that has run before, in ms. */
    let duration: number;
    const undisturbed: Partial<Record<string, CompletedRun>> = {};

    beforeAll(async () => {
      runs = await KilledRuns.on(dialect);
      // The first one finds an empty database, which no later one does.
      await runs.undisturbed();
      for (let run = 0; run < 2; run += 1) {
        const completed = await runs.undisturbed();
        duration ??= completed.duration;
        undisturbed[completed.state] = completed;
      }
    }, 120_000);
    afterAll(() => runs?.end());

    it(`is completed by the next run, and the history has each change once (${KILLS} kills)`, async () => {
      const written = { nothing: 0, something: 0, everything: 0 };
      for (let kill = 0; kill < KILLS; kill += 1) {
        // Spread over the whole run, each time at another moment.
        const moment = ((kill + Math.random()) / KILLS) * duration;
        const again = kill % 4 < 2 ? 'pull' : 'retry';
        const { state, history, done, ends, lines } = await runs.killedAfter(moment, again);
        const context = `kill ${kill}, after ${moment.toFixed(1)} of ${duration.toFixed(0)} ms, ${state}, ${again}, ${ends.join()}`;
        const expected = undisturbed[state] as CompletedRun;
        expect({ context, ...differences(expected.lines, lines) }).toEqual({ context, ...none });
        expect({ context, ...differences(expected.history, history) }).toEqual({ context, ...none });
        expect({ context, leftOver: leftOverIn(lines) }).toEqual({ context, leftOver: [] });
        expect({ context, ends: ends.filter((end) => !ENDS.includes(end)) }).toEqual({ context, ends: [] });
        written[done === 0 ? 'nothing' : done < history.length ? 'something' : 'everything'] += 1;
      }
      process.stdout.write(
        `${dialect}: ${KILLS} kills, by what the run that was killed had written: ${JSON.stringify(written)}\n`,
      );
      // Kills before or after everything prove nothing.
      expect(written.something).toBeGreaterThan(KILLS / 8);
    }, 900_000);
  });
}

/** A run is killed before its end, or just after it. */
const ENDS = ['failed INTERRUPTED', 'success'];
