type Running = typeof globalThis & { stopEndToEnd?: () => Promise<void> };

export default async function teardown(): Promise<void> {
  await (globalThis as Running).stopEndToEnd?.();
}
