/** The assignors that the broker itself has for groups of the newer protocol. */
import type { Assignor } from './assignor.ts'
import { range } from './range-assignor.ts'
import { uniform } from './uniform-assignor.ts'

export const assignors: Readonly<Record<string, Assignor>> = { uniform, range }
