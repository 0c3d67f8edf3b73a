/**
 * Sets a property of a plain object whatever its name. An assignment would not do for names that every object inherits:
 * the host freezes `Object.prototype`, and what is inherited and frozen cannot be assigned (`toLocaleString`), or means
 * something else (`__proto__`). Objects with names that come from outside are built with this, or with
 * `Object.fromEntries`.
 */
export function setOwn<T>(object: Record<string, T>, name: string, value: NoInfer<T>): void {
  if (name in Object.prototype)
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  // eslint-disable-next-line no-restricted-syntax -- the one place that has made sure
  else object[name] = value;
}
