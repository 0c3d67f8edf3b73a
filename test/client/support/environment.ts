import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

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

// antd measures scrollbars with pseudo-elements, which jsdom does not know and complains about.
const { getComputedStyle } = window;
window.getComputedStyle = (element) => getComputedStyle(element);

// Two cores are shared by two workers, each of which draws whole tables.
configure({ asyncUtilTimeout: 10_000 });
