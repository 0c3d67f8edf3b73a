import type { PageHost } from './host';

type Listener = () => void;

/** Tells the parts of the page that a run moved on: the server said so, or another part of the page did something. */
export class TaskEvents {
  private readonly listeners = new Set<Listener>();

  constructor(private readonly ofServer: PageHost['onTaskEvent']) {}

  /** Calls back at each event; gives back how to stop it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    const stopServer = this.ofServer?.(listener);
    return () => {
      this.listeners.delete(listener);
      stopServer?.();
    };
  }

  announce(): void {
    for (const listener of this.listeners) listener();
  }
}
