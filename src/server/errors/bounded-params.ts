import { cutText, MAX_PARAM_LENGTH } from '../limits';
import type { MessageParams } from './codes';

/** Parameters of which none makes a message, or what is stored of it, long. */
export function boundedParams(params: MessageParams): MessageParams {
  const isLong = (value: unknown) => typeof value === 'string' && value.length > MAX_PARAM_LENGTH;
  if (!Object.values(params).some(isLong)) return params;
  const entries = Object.entries(params).map(([name, value]) => [
    name,
    typeof value === 'string' ? cutText(value, MAX_PARAM_LENGTH) : value,
  ]);
  return Object.fromEntries(entries) as MessageParams;
}
