/** Stands in for the base class of plugins in both clients of the host. */
export class Plugin {
  constructor(readonly app: unknown) {}

  async afterAdd(): Promise<void> {}

  async load(): Promise<void> {}
}
