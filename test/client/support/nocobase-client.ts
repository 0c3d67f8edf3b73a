/** Stands in for the base class of plugins in both clients of the host. */
export class Plugin {
  constructor(readonly app: unknown) {}

  async load(): Promise<void> {}
}
