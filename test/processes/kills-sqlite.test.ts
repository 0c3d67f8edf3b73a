import { describeKills } from '../support/processes/describe-kills';

describeKills('sqlite');
