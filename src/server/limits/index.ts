export * from './bounds';
export { lengthOf } from './length-of';
export { cutText, ELLIPSIS, listed } from './cut';
export { excerpt, type Excerpt } from './excerpt';
export { hasWideObject } from './widest-object';
export { findExcess, type Bounds, type Excess } from './excess';
