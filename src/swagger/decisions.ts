import { failureResponses, failuresOf } from './errors';
import { answer, body, closed, id, TAGS } from './parts';

const started = closed('', { taskId: { type: 'integer', description: 'The task of the run.' } });
const taskIds = {
  sourceId: id('The source that the task belongs to.'),
  id: id('The task.'),
};
const onlyTask = (description: string) => body(closed(description, { id: taskIds.id }), example({ id: 14 }));
const example = (value: object) => ({ example: { summary: 'An example', value } });

/** An action that starts or ends a run. */
const action = (
  name: keyof typeof failuresOf,
  summary: string,
  description: string,
  requestBody: object,
  done: string,
) => ({
  [`/userData:${name}`]: {
    post: {
      tags: TAGS,
      summary,
      description,
      requestBody,
      responses: { 200: answer(done, started, { taskId: 14 }), ...failureResponses(failuresOf[name]) },
    },
  },
});

export const decisionPaths = {
  ...action(
    'pull',
    'Sync: run a source',
    'Starts a run of the source in the background and answers with its task at once. `name` can also be sent in the query.',
    body(
      closed(
        '',
        {
          name: { type: 'string', minLength: 1, description: 'The name of the source.' },
          dryRun: { type: 'boolean', description: 'Preview: only report what would be done. Default: `false`.' },
        },
        { required: ['name'] },
      ),
      {
        run: { summary: 'Run it', value: { name: 'hr' } },
        preview: { summary: 'Preview it', value: { name: 'hr', dryRun: true } },
      },
    ),
    'Started.',
  ),
  ...action(
    'retry',
    'Retry a task that did not succeed',
    'Runs the source of the task again, in the background, as another attempt of the same task. A purge continues to remove. `id` and `sourceId` can also be sent in the query.',
    body(closed('', taskIds), example({ sourceId: 3, id: 14 })),
    'Started.',
  ),
  ...action(
    'retryFailed',
    'Retry the failed records of a task',
    'Runs the records that failed in the last attempt again, in the background and as another attempt of the same task: as they are stored now, without reading the source. Rejected records are not stored and fail again. The task must be `partially_failed` and not a preview.',
    body(closed('', taskIds), example({ sourceId: 3, id: 14 })),
    'Started.',
  ),
  ...action(
    'approve',
    'Approve a blocked task',
    'Continues the run in the background, as another attempt of the same task, with the data delivered to it. If it would remove more than the list of the task shows, it is blocked again.',
    onlyTask('The task that is blocked.'),
    'Started.',
  ),
  ...action(
    'reject',
    'Reject a blocked task',
    'Ends it as `canceled`. Nothing was written.',
    onlyTask('The task that is blocked.'),
    'Rejected.',
  ),
  ...action(
    'runNow',
    'Run what was previewed',
    'Runs exactly the data of a preview, in the background and as a separate task. The data of a preview is kept for 24 hours and can be run once.',
    onlyTask('The task of the preview.'),
    'Started; `taskId` is the new task.',
  ),
  ...action(
    'purge',
    'Remove everything that a source imported',
    'Deletes the users and departments that the source created, in the background, whatever the removal rules of the source are. Users that existed before, and records that another source still has, are unlinked. The safeguard applies as for any run.',
    body(
      closed(
        '',
        {
          sourceId: id('The source; it may be disabled.'),
          dryRun: { type: 'boolean', description: 'Preview: only report what would be done. Default: `false`.' },
          deleteSource: {
            type: 'boolean',
            description: 'Also delete the source when nothing failed. Default: `false`.',
          },
        },
        { required: ['sourceId'] },
      ),
      {
        preview: { summary: 'Preview it', value: { sourceId: 3, dryRun: true, deleteSource: true } },
        purge: { summary: 'Remove all, and the source', value: { sourceId: 3, deleteSource: true } },
      },
    ),
    'Started.',
  ),
};
