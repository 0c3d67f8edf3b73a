/**
 * What is common to all test files of a process, each as a map to compare it by, and a way to put an entry back.
 * Without a value it is to go.
 */
const PLACES = [
  {
    stock: () => propertiesOf(globalThis, Reflect.ownKeys(globalThis)),
    put: (key, descriptor) => putProperty(globalThis, key, descriptor),
  },
  {
    // Jest has its own in the place of these two.
    stock: () => propertiesOf(process, ['exit', 'getBuiltinModule']),
    put: (key, descriptor) => putProperty(process, key, descriptor),
  },
  {
    stock: () => new Map(Object.entries(process.env)),
    put: (name, value) => (value === undefined ? delete process.env[name] : (process.env[name] = value)),
  },
  {
    stock: () =>
      new Map(process.eventNames().flatMap((event) => process.rawListeners(event).map((one) => [one, event]))),
    put: (listener, event, added) =>
      event === undefined ? process.off(added, listener.listener ?? listener) : process.on(event, listener),
  },
];

/** What a test file changes in the process that it shares with others. */
class LeftBehind {
  before = takeStock();

  /** Whatever is changed here is there to stay. */
  keeping(change) {
    const before = takeStock();
    try {
      return change();
    } finally {
      for (const { index, key, after } of changesSince(before)) set(this.before[index], key, after);
    }
  }

  /** Puts everything back. */
  takeBack() {
    for (const { index, key, before, after } of changesSince(this.before)) PLACES[index].put(key, before, after);
  }
}

const takeStock = () => PLACES.map(({ stock }) => stock());

function changesSince(stock) {
  return takeStock().flatMap((now, index) => {
    const keys = new Set([...stock[index].keys(), ...now.keys()]);
    const changes = [...keys].map((key) => ({ index, key, before: stock[index].get(key), after: now.get(key) }));
    return changes.filter(({ before, after }) => !isSame(before, after));
  });
}

const set = (map, key, value) => (value === undefined ? map.delete(key) : map.set(key, value));

/** Values are compared as they are, descriptors of properties by what they hold. */
function isSame(one, other) {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  return one.value === other.value && one.get === other.get && one.set === other.set;
}

function propertiesOf(object, keys) {
  const descriptors = keys.map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]);
  return new Map(descriptors.filter(([, descriptor]) => descriptor?.configurable));
}

function putProperty(object, key, descriptor) {
  if (descriptor) Object.defineProperty(object, key, descriptor);
  else delete object[key];
}

module.exports = { LeftBehind };
