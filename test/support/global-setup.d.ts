/**
 * The host looks for a plugin's `package.json` and translations below node_modules, while jest maps its code to `src`.
 */
export default function globalSetup(): void;
