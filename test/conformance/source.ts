/** What every source must do. Called from a test beside the source; see README.md. */
import { describe } from 'vitest'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Source } from '../../src/flow/source.ts'
import { sourceDelivery } from './source-delivery.ts'
import { sourcePositions } from './source-positions.ts'
import { sourceStop } from './source-stop.ts'
import { defer, type Defer } from './scope.ts'

/** One input, and sources that read it. */
export interface SourceUnderTest {
  /** A source over the input. Called again where the suite starts over, after the one before has ended. */
  create(context: SourceContext): Source | Promise<Source>
  /**
   * Adds events with these bodies to the input, which the source is to deliver in this order. Called before a source runs or while it does;
   * a source that listens is `ready` by then. Each text is ASCII without line ends, at least one character.
   */
  feed(bodies: readonly string[]): unknown
  /** Resolves when the source that runs can be fed. Left out when it always can. */
  ready?(): Promise<unknown>
  /** It stores positions and reads again what was not settled. False for sources that cannot (netcat, exec). */
  readonly readsAgain: boolean
  /** The most events it may have unsettled beyond `context.aheadMax`: its batch size. Undefined when it does not run ahead of receipts at all. */
  readonly batchSize?: number
}

export type MakeSource = (options: { readonly defer: Defer }) => SourceUnderTest | Promise<SourceUnderTest>

export type OpenSource = () => Promise<SourceUnderTest>

export const sourceConformance = (name: string, make: MakeSource): void => {
  describe(`${name} as a source`, () => {
    const open: OpenSource = async () => make({ defer })
    sourceDelivery(open)
    sourceStop(open)
    sourcePositions(open)
  })
}
