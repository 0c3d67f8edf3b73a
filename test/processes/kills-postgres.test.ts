import { describeKills } from '../support/processes/describe-kills';
import { onPostgres } from '../support/processes/postgres';

onPostgres('a server on PostgreSQL', () => describeKills('postgres'));
