/** The version of NocoBase that this version of the plugin is built and tested with. */
export const TRIED_WITH = '2.2.15';

/** What to say about a host of another version; nothing about the one that was tried. */
export function remarkOn(hostVersion: string): string | undefined {
  if (hostVersion === TRIED_WITH) return undefined;
  return `user data synchronization: this is NocoBase ${hostVersion}; the plugin was tested with ${TRIED_WITH}`;
}
