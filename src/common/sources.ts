/** The type of sources that are pushed to. */
export const API_SOURCE_TYPE = 'api';

/** The name of the built-in source, which is of that type. */
export const API_SOURCE_NAME = 'api';
