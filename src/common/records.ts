export const DATA_TYPES = ['user', 'department'] as const;
/** What a delivery describes. */
export type SyncDataType = (typeof DATA_TYPES)[number];

export const DELIVERY_MODES = ['delta', 'full'] as const;
/** `delta`: these records changed. `full`: this is everything of that type, so what is missing was removed. */
export type DeliveryMode = (typeof DELIVERY_MODES)[number];

export const MATCH_KEYS = ['username', 'email', 'phone'] as const;
/** The field by which a user that has no link yet is found. Targets of other plugins may know more. */
export type MatchKey = (typeof MATCH_KEYS)[number];
