import '@testing-library/jest-dom';
import { TextDecoder, TextEncoder } from 'node:util';
import { configure } from '@testing-library/react';
import { hushKnownNoise } from '../../../host/known-noise.cjs';

// What browsers have and jsdom does not.
Object.assign(globalThis, { TextDecoder, TextEncoder });

// What antd asks the browser and jsdom does not have.
window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  }) satisfies MediaQueryList;

window.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

// Whether something is visible is asked for every element of every query. Working that out from antd's thousands of rules
// takes minutes, and what the page hides it hides with styles of the element.
window.getComputedStyle = (element) => (element as HTMLElement).style;

// Two cores are shared by two workers, each of which draws whole tables.
configure({ asyncUtilTimeout: 5_000 });

/** antd's components move by themselves, after what a test did has been waited for. Ours do not. */
const movesByItself = ([text, , stack]: unknown[]) =>
  String(text).startsWith('Warning: An update to %s inside a test was not wrapped in act(...)') &&
  /^\s*at [^\n]*\/node_modules\/(antd|rc-[\w-]+|@rc-component)\//.test(String(stack));
hushKnownNoise(console, movesByItself);

/** What one test shows stands in the address of the page; the next one begins without. */
afterEach(() => window.history.replaceState(null, '', '/'));
