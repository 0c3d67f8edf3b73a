import type { Application } from '@nocobase/server';

type Adapter = Parameters<Application['pubSubManager']['setAdapter']>[0];
type Listener = Parameters<Adapter['subscribe']>[1];

/** Carries messages between applications of one process, as Redis would between nodes. */
export class PubSubBus {
  private readonly listeners = new Map<string, Set<Listener>>();
  /** What went over the bus, by channel. */
  readonly published: { readonly channel: string; readonly message: string }[] = [];

  /** One node's way to the bus. */
  adapter(): Adapter {
    let connected = false;
    return {
      isConnected: () => connected,
      connect: async () => void (connected = true),
      close: async () => void (connected = false),
      subscribe: async (channel, listener) => void this.on(channel).add(listener),
      unsubscribe: async (channel, listener) => void this.on(channel).delete(listener),
      publish: async (channel, message) => {
        this.published.push({ channel, message });
        for (const listener of this.on(channel)) await listener(message);
      },
    };
  }

  private on(channel: string): Set<Listener> {
    const found = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, found);
    return found;
  }
}
