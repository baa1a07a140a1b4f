/** What every sink must do. Called from a test beside the sink; see README.md. */
import { describe } from 'vitest'
import type { Context } from '../../src/flow/context.ts'
import type { Sink } from '../../src/flow/sink.ts'
import { defer, type Defer } from './scope.ts'
import { sinkFailures } from './sink-failures.ts'
import { sinkWrites } from './sink-writes.ts'

/** One sink and what it stores into. */
export interface SinkUnderTest {
  /** A sink that stores into this test's own place. Called once. */
  create(context: Context): Sink | Promise<Sink>
  /** Bodies stored so far, in order, read back from where they were stored; undefined when the sink keeps nothing (null). May dispose the sink first. */
  stored?(): Promise<readonly string[]> | readonly string[]
  /** Headers of an event that the sink can store, where it needs some. */
  readonly headers?: Readonly<Record<string, string>>
  /** Makes every write fail until `mend`. Both are left out when the test has no way to. */
  break?(): unknown
  mend?(): unknown
  /** The largest body to try, in bytes; 1 MB unless it says otherwise. */
  readonly bodyBytesMax?: number
}

export type MakeSink = (options: { readonly defer: Defer }) => SinkUnderTest | Promise<SinkUnderTest>

export type OpenSink = () => Promise<SinkUnderTest>

export const sinkConformance = (name: string, make: MakeSink): void => {
  describe(`${name} as a sink`, () => {
    const open: OpenSink = async () => make({ defer })
    sinkWrites(open)
    sinkFailures(open)
  })
}
