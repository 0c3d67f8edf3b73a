import fc from 'fast-check';
import { CHUNK_SIZES, type ChunkSizes } from '../../../src/server/pipeline/chunks';
import { TestApp } from '../../support/app';
import { registerToldSource } from '../../support/model/installation';
import { stories } from '../../support/model/stories';
import { Storyteller } from '../../support/model/storyteller';

/*
 * Random stories about two sources and the people who work by hand beside them, told to a real application and to a
 * model of what an administrator expects; the two are compared after every step. A story that fails is cut down to what
 * it takes, and printed with its seed and path.
 *
 *   MODEL_RUNS=500   so many stories instead of a few
 *   MODEL_STEPS=20   so many steps in a story at most
 *   MODEL_SEED=random   other stories than usual
 *   MODEL_SEED=… MODEL_PATH=…   the stories of a run that failed; with the path, only the one that was printed
 */
const numRuns = Number(process.env.MODEL_RUNS ?? 40);
const maxSteps = Number(process.env.MODEL_STEPS ?? 12);
/** The same stories each time, so that a change is judged by the same as the one before it. */
const USUAL_SEED = 20_261_122;
const seed = process.env.MODEL_SEED === 'random' ? undefined : Number(process.env.MODEL_SEED ?? USUAL_SEED);
const path = process.env.MODEL_PATH;

/**
 * People come in several chunks, but what waits for the end is judged together. Departments of a circle have to come
 * together.
 */
const FEW_AT_ONCE: ChunkSizes = {
  ...CHUNK_SIZES,
  users: { records: 2, weight: 1000 },
  usersOnSqlite: { records: 2, weight: 1000 },
  missingUsers: 2,
  missingDepartments: 2,
};

/** In ms: a story that is told slowly, and how long a failing one may be cut down. */
const PATIENCE_PER_RUN = 10_000;
const PATIENCE_TO_SHRINK = 240_000;

describe('whatever sources deliver and people do by hand', () => {
  let host: TestApp;

  beforeAll(async () => {
    host = await TestApp.start();
    registerToldSource(host);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => host?.stop());

  it.each([
    ['leaves what the rules say, and tells what it did', CHUNK_SIZES],
    ['does so however little is planned at once', FEW_AT_ONCE],
  ])(
    '%s',
    async (_, chunkSizes) => {
      const manager = host.plugin.resourceManager;
      const pipeline = manager.pipeline.bind(manager);
      jest.spyOn(manager, 'pipeline').mockImplementation(() => ({ ...pipeline(), chunkSizes }));
      await fc.assert(
        fc.asyncProperty(stories(maxSteps), (story) => Storyteller.tell(host, story)),
        {
          numRuns,
          ...(seed === undefined ? {} : { seed }),
          ...(path === undefined ? {} : { path, endOnFailure: true }),
          interruptAfterTimeLimit: numRuns * PATIENCE_PER_RUN + PATIENCE_TO_SHRINK,
        },
      );
    },
    numRuns * PATIENCE_PER_RUN + 2 * PATIENCE_TO_SHRINK,
  );
});
