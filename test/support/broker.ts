/** One broker for all tests of a file: a process of its own, started through its launcher. */
import { afterAll, beforeAll } from 'vitest'
import { startBrokerProcess, temporaryFolder, writeServerProperties } from './agent.ts'
import type { Child } from './child.ts'
import { freePort } from './port.ts'

export interface SharedBroker {
  /** `127.0.0.1:<port>`, once the tests run. */
  readonly bootstrap: () => string
  readonly folder: string
  /** Ends the broker as SIGTERM does. */
  readonly stop: () => Promise<void>
}

/** As a child may take to print, or to end: vitest's own ten seconds are few for a slow machine. */
const hookMs = 60_000

/** To be called where tests are defined; the broker comes before the first of them and goes after the last. */
export const sharedBroker = (more = ''): SharedBroker => {
  const folder = temporaryFolder()
  let broker: Child | undefined
  let port = 0
  beforeAll(async () => {
    port = await freePort()
    broker = await startBrokerProcess(writeServerProperties(folder.path, port, more))
  }, hookMs)
  const stop = async (): Promise<void> => void (await broker?.stop())
  afterAll(async () => {
    await stop()
    folder[Symbol.dispose]()
  }, hookMs)
  return { bootstrap: () => `127.0.0.1:${port}`, folder: folder.path, stop }
}
