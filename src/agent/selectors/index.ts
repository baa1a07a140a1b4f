/** Every channel selector there is. */
import type { SelectorDefinition } from './definition.ts'
import { multiplexing } from './multiplexing.ts'
import { replicating } from './replicating.ts'

export const selectors: readonly SelectorDefinition[] = [replicating, multiplexing]
